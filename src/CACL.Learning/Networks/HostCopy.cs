using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>Copies row-major float32 between a tensor, of any layout and precision and on any device, and host memory.</summary>
internal static class HostCopy
{
    public static void Write(Tensor target, ReadOnlySpan<float> values, string name)
    {
        Check(target, values.Length, name);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var staging = empty(target.shape, float32, CPU);
        MemoryMarshal.AsBytes(values).CopyTo(staging.bytes);
        target.copy_(staging);
    }

    public static void Read(Tensor source, Span<float> values, string name)
    {
        Check(source, values.Length, name);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // Not with data<float>(): it asks the native library for the tensor's size at each number, which is thirty times as slow as a copy
        // of memory.
        var staging = source.detach().to(float32).contiguous().cpu();
        staging.bytes.CopyTo(MemoryMarshal.AsBytes(values));
    }

    private static void Check(Tensor tensor, int count, string name)
    {
        if (tensor.numel() != count)
        {
            throw new ArgumentException($"{name} has shape [{string.Join(",", tensor.shape)}]; {count} values do not fill it.");
        }
    }
}
