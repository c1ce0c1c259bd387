using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Runtime;

/// <summary>
/// libtorch's switches for the whole process that decide how a card computes. They are set explicitly in both directions: their initial
/// values differ between builds of libtorch, and cuDNN's tf32 is on by default.
/// </summary>
public static partial class TorchSwitches
{
    /// <summary>Sets the switches for a device and a precision.</summary>
    /// <param name="device">The device.</param>
    /// <param name="precision">The precision.</param>
    /// <param name="sameShapes">
    /// Whether every step has the same shapes, as in training: cuDNN then tries its algorithms for each once. Without that, its choice for
    /// float32 convolutions in this memory layout can be ten times as slow as the best.
    /// </param>
    public static void Set(Device device, Precision precision, bool sameShapes)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.type != DeviceType.CUDA) return;
        var tf32 = precision is Precision.Tf32 or Precision.Bf16;
        backends.cuda.matmul.allow_tf32 = tf32;
        backends.cudnn.allow_tf32 = tf32;
        SetBenchmark(GlobalContext(), sameShapes);
    }

    // at::globalContext() and at::Context::setBenchmarkCuDNN(bool), which TorchSharp does not offer.
    [LibraryImport("libtorch_cpu.so", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport("libtorch_cpu.so", EntryPoint = "_ZN2at7Context17setBenchmarkCuDNNEb")]
    private static partial void SetBenchmark(nint context, [MarshalAs(UnmanagedType.U1)] bool on);
}
