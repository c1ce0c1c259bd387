using System.Runtime.InteropServices;
using TorchSharp;

namespace CACL.Learning.Runtime;

/// <summary>
/// A sequence of operations on a card that is recorded once and then replayed in one call, on the same memory: at::cuda::CUDAGraph, which
/// TorchSharp does not offer. Owns the memory in which the operations' results lie. Used by the thread that trains.
/// </summary>
internal sealed partial class CudaGraph : IDisposable
{
    private const string Torch = "libtorch_cuda.so";
    private const string Streams = "libc10_cuda.so";

    // Several times what the class has in any version; its constructor says nothing about its size.
    private const int ObjectBytes = 4096;

    // cudaStreamCaptureModeThreadLocal: other threads of the process may use the card as they like meanwhile.
    private const int ThreadLocal = 1;

    private nint _graph;

    public unsafe CudaGraph()
    {
        _graph = (nint)NativeMemory.AllocZeroed(ObjectBytes);
        Construct(_graph, keep: false);
    }

    /// <summary>Records what is handed to a card meanwhile, without computing it.</summary>
    /// <param name="device">The card.</param>
    /// <param name="work">Hands the operations over; it may ask nothing of the card.</param>
    public void Record(torch.Device device, Action work)
    {
        var index = (sbyte)Math.Max(0, device.index);
        torch.cuda.synchronize(device);
        var former = CurrentStream(index);
        SetStream(StreamFromPool(highPriority: false, index));
        // A pool of memory of its own: (0, 0).
        BeginCapture(_graph, 0, 0, ThreadLocal);
        work();
        EndCapture(_graph);
        SetStream(former);
    }

    /// <summary>Hands the recorded operations to the card once more.</summary>
    public void Replay() => Replay(_graph);

    public unsafe void Dispose()
    {
        if (_graph == 0) return;
        Destroy(_graph);
        NativeMemory.Free((void*)_graph);
        _graph = 0;
    }

    [LibraryImport(Torch, EntryPoint = "_ZN2at4cuda9CUDAGraphC1Eb")]
    private static partial void Construct(nint graph, [MarshalAs(UnmanagedType.U1)] bool keep);

    [LibraryImport(Torch, EntryPoint = "_ZN2at4cuda9CUDAGraphD1Ev")]
    private static partial void Destroy(nint graph);

    [LibraryImport(Torch, EntryPoint = "_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode")]
    private static partial void BeginCapture(nint graph, ulong pool, ulong poolOfUser, int mode);

    [LibraryImport(Torch, EntryPoint = "_ZN2at4cuda9CUDAGraph11capture_endEv")]
    private static partial void EndCapture(nint graph);

    [LibraryImport(Torch, EntryPoint = "_ZN2at4cuda9CUDAGraph6replayEv")]
    private static partial void Replay(nint graph);

    [LibraryImport(Streams, EntryPoint = "_ZN3c104cuda20getCurrentCUDAStreamEa")]
    private static partial Stream CurrentStream(sbyte device);

    [LibraryImport(Streams, EntryPoint = "_ZN3c104cuda17getStreamFromPoolEba")]
    private static partial Stream StreamFromPool([MarshalAs(UnmanagedType.U1)] bool highPriority, sbyte device);

    [LibraryImport(Streams, EntryPoint = "_ZN3c104cuda20setCurrentCUDAStreamENS0_10CUDAStreamE")]
    private static partial void SetStream(Stream stream);

    // c10::cuda::CUDAStream: a device and a number, which is passed by value.
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Stream(long Device, long Number);
}
