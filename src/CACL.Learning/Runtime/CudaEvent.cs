using System.Runtime.InteropServices;

namespace CACL.Learning.Runtime;

/// <summary>
/// A mark in the work of the current card's default stream, for which the host can wait without waiting for what comes after it. Through
/// the driver's library, which whoever has a card has; used by the thread that trains, once libtorch has made the card its own there.
/// </summary>
internal sealed partial class CudaEvent : IDisposable
{
    private const string Driver = "libcuda.so.1";

    // CU_EVENT_DISABLE_TIMING.
    private const uint WithoutTiming = 2;

    private readonly nint _event;

    public CudaEvent() => Check(Create(out _event, WithoutTiming), "create an event");

    /// <summary>Sets the mark behind all work that was handed to the card so far.</summary>
    public void Record() => Check(Record(_event, 0), "record an event");

    /// <summary>Waits until the card has come to the mark.</summary>
    public void Wait() => Check(Synchronize(_event), "wait for the card");

    public void Dispose() => _ = Destroy(_event);

    private static void Check(int result, string what)
    {
        if (result != 0) throw new InvalidOperationException($"The card's driver could not {what}: error {result} of CUDA.");
    }

    [LibraryImport(Driver, EntryPoint = "cuEventCreate")]
    private static partial int Create(out nint mark, uint flags);

    [LibraryImport(Driver, EntryPoint = "cuEventRecord")]
    private static partial int Record(nint mark, nint stream);

    [LibraryImport(Driver, EntryPoint = "cuEventSynchronize")]
    private static partial int Synchronize(nint mark);

    [LibraryImport(Driver, EntryPoint = "cuEventDestroy_v2")]
    private static partial int Destroy(nint mark);
}
