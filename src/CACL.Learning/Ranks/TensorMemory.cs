using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace CACL.Learning.Ranks;

/// <summary>Where a tensor's numbers lie, on the host or on a card; TorchSharp tells it of the host alone.</summary>
internal static partial class TensorMemory
{
    /// <summary>Returns the address of a contiguous tensor's first number.</summary>
    public static nint Address(this Tensor x)
    {
        var address = Data(x.Handle);
        GC.KeepAlive(x);
        return address;
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint Data(nint tensor);
}
