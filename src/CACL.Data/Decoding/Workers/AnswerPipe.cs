using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace CACL.Data.Decoding.Workers;

/// <summary>
/// A worker's standard output, read up to a moment that another thread may bring forward. A read of the pipe itself would wait for a worker
/// that cannot even be killed, because it waits for a file system that does not answer.
/// </summary>
internal sealed partial class AnswerPipe : Stream
{
    private const short Readable = 1; // POLLIN
    private const int Interrupted = 4; // EINTR

    /// <summary>How long a moment that is brought forward may go unnoticed, milliseconds.</summary>
    private const int Slice = 50;

    private readonly Stream _pipe;
    private readonly SafeHandle _handle;
    private readonly byte[] _buffer = new byte[4096]; // most answers are short, and read by one call
    private int _next;
    private int _filled;
    private long _end;

    public AnswerPipe(Stream pipe)
    {
        _pipe = pipe;
        _handle = pipe switch
        {
            PipeStream given => given.SafePipeHandle,
            FileStream given => given.SafeFileHandle,
            _ => throw new NotSupportedException($"A {pipe.GetType()} cannot be waited for."),
        };
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sets how long from now on it may take until everything is read.</summary>
    public void Allow(TimeSpan time) =>
        Volatile.Write(ref _end, Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));

    /// <exception cref="TimeoutException">The moment has come.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_next == _filled)
        {
            Wait();
            if (buffer.Length >= _buffer.Length) return _pipe.Read(buffer);
            (_next, _filled) = (0, _pipe.Read(_buffer));
        }

        var count = Math.Min(buffer.Length, _filled - _next);
        _buffer.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    /// <inheritdoc cref="Read(Span{byte})"/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Wait()
    {
        var held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            while (true)
            {
                var left = (Volatile.Read(ref _end) - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency;
                var poll = new PollDescriptor { Descriptor = (int)_handle.DangerousGetHandle(), Events = Readable };
                var ready = Poll(ref poll, 1, (int)Math.Clamp(left, 0, Slice));
                if (ready > 0) return; // something to read, or the end
                if (ready < 0 && Marshal.GetLastPInvokeError() != Interrupted)
                    throw new IOException($"poll: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
                if (left <= 0) throw new TimeoutException();
            }
        }
        finally
        {
            if (held) _handle.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
