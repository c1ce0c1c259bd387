using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CACL.Data.Catalog;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// When work on one file has to be given up. ffmpeg asks through its interrupt callback while it reads; the decoding loop asks between
/// packets.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private readonly string _path;
    private readonly TimeSpan _allowed;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly CancellationToken _cancel;
    private GCHandle _handle;

    public Deadline(string path, TimeSpan allowed, CancellationToken cancel)
    {
        _path = path;
        _allowed = allowed;
        _cancel = cancel;
        _handle = GCHandle.Alloc(this);
    }

    /// <summary>The argument that ffmpeg passes to <see cref="Interrupt"/>.</summary>
    public nint Argument => GCHandle.ToIntPtr(_handle);

    /// <summary>How often ffmpeg asked; if it never did while opening a file, the callback was put in a wrong place.</summary>
    public int Asked { get; private set; }

    public static unsafe nint Interrupt => (nint)(delegate* unmanaged[Cdecl]<nint, int>)&ShouldStop;

    /// <summary>The time that is left; not less than nothing.</summary>
    public TimeSpan Left => _allowed - Stopwatch.GetElapsedTime(_start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private bool Passed => Stopwatch.GetElapsedTime(_start) >= _allowed;

    /// <exception cref="VideoUnusableException">The deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public void Check()
    {
        _cancel.ThrowIfCancellationRequested();
        if (Passed)
        {
            throw new VideoUnusableException(_path, UnusableReason.Deadline,
                $"Reading {_path} took longer than the {_allowed.TotalSeconds:0.###} s allowed; it is skipped. A longer deadline may help "
                    + "if the disk is slow.");
        }
    }

    public void Dispose()
    {
        if (_handle.IsAllocated) _handle.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShouldStop(nint argument)
    {
        var deadline = (Deadline)GCHandle.FromIntPtr(argument).Target!;
        deadline.Asked++;
        return deadline.Passed || deadline._cancel.IsCancellationRequested ? 1 : 0;
    }
}
