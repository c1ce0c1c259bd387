using System.Buffers.Binary;
using System.Text;

namespace CACL.Data.Decoding.Workers;

/// <summary>What a message between this program and its worker is.</summary>
internal enum WorkerMessageKind : byte
{
    /// <summary>To the worker: decode pairs of a video into the shared memory.</summary>
    Decode = 1,

    /// <summary>To the worker: read a file's record.</summary>
    Probe,

    /// <summary>To the worker: from now on the frames go into this memory.</summary>
    Memory,

    /// <summary>To the worker: give up the request of this number.</summary>
    Cancel,

    /// <summary>From the worker, first: it has its libraries.</summary>
    Ready,

    /// <summary>From the worker, instead of <see cref="Ready"/>: it cannot work.</summary>
    Unready,

    /// <summary>From the worker: the request is done.</summary>
    Done,

    /// <summary>From the worker: the video is at fault.</summary>
    Unusable,

    /// <summary>From the worker: the decoder or the machine is at fault.</summary>
    Fault,

    /// <summary>From the worker: the request was given up.</summary>
    Cancelled,
}

/// <summary>
/// A message: its length in four bytes, its kind, the number of the request that it belongs to, then what the kind calls for.
/// </summary>
internal sealed class WorkerMessage
{
    /// <summary>The longest message: the times of some million frames.</summary>
    private const int Longest = 64 << 20;

    private const int Header = sizeof(int);

    private readonly byte[] _payload;

    private WorkerMessage(WorkerMessageKind kind, long request, byte[] payload) => (Kind, Request, _payload) = (kind, request, payload);

    public WorkerMessageKind Kind { get; }

    public long Request { get; }

    /// <summary>Writes a message at once, so that those of several threads do not mix if the stream's lock is held.</summary>
    /// <exception cref="IOException">The other side is gone.</exception>
    public static void Write(Stream stream, WorkerMessageKind kind, long request, Action<BinaryWriter>? body = null)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(0);
        writer.Write((byte)kind);
        writer.Write(request);
        body?.Invoke(writer);
        writer.Flush();
        var all = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(all, all.Length - Header);
        stream.Write(all);
        stream.Flush();
    }

    /// <summary>Waits for a message.</summary>
    /// <exception cref="IOException">The stream ended within a message.</exception>
    /// <exception cref="InvalidDataException">It is no message.</exception>
    /// <returns>Null at the end of the stream.</returns>
    public static WorkerMessage? Read(Stream stream)
    {
        var header = new byte[Header];
        var got = stream.ReadAtLeast(header, Header, throwOnEndOfStream: false);
        if (got == 0) return null;
        if (got < Header) throw new EndOfStreamException();
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 1 + sizeof(long) or > Longest) throw new InvalidDataException($"a message of {length} bytes");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return new WorkerMessage(
            (WorkerMessageKind)bytes[0], BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(1)), bytes[(1 + sizeof(long))..]);
    }

    /// <summary>Reads what the message says.</summary>
    /// <exception cref="InvalidDataException">It says less, or something that cannot be.</exception>
    public T Parse<T>(Func<BinaryReader, T> body)
    {
        using var reader = new BinaryReader(new MemoryStream(_payload), Encoding.UTF8);
        try
        {
            return body(reader);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"a message of the kind {Kind} that cannot be read", e);
        }
    }
}
