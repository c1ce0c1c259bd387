using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net.Security;
using System.Net.Sockets;
using CACL.Actors.Certificates;

namespace CACL.Actors.Links;

/// <summary>
/// One connection between a training and a worker, which carries frames in both directions: a kind, the lengths of header and payload, a
/// checksum (XxHash3, 64 bits), then both. One thread reads, any number write. Reading and writing block, so that a slow side holds the
/// other up (back-pressure), and both fail once the other side has been silent, or has taken nothing, for too long.
/// </summary>
internal sealed class LinkStream : IDisposable
{
    /// <summary>How long the other side may be silent. It says that it is alive several times meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>How often a side says that it is alive.</summary>
    public static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(1);

    // A header holds a plan and the packed times of a video; a day of them takes less.
    private const int MostHeader = 16 << 20;
    private const int MostPayload = 64 << 20;
    private const int PrefixBytes = 20;
    private const int SummedPrefix = 12;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly Lock _writing = new();
    private readonly byte[] _prefix = new byte[PrefixBytes];
    private byte[] _out = new byte[4096];
    private byte[] _header = new byte[4096];
    private ulong _sumRead;
    private long _bytesRead;
    private long _bytesWritten;

    private LinkStream(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>Bytes that came.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>Bytes that went.</summary>
    public long BytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Connects to a trainer.</summary>
    /// <param name="host">Its name or address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="certificate">What to show, and whom to trust; null: nothing is encrypted.</param>
    /// <exception cref="LinkException">It cannot be reached, or is not the trainer.</exception>
    public static LinkStream Connect(string host, int port, NodeCertificate? certificate)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var deadline = new CancellationTokenSource(Patience);
            socket.ConnectAsync(host, port, deadline.Token).AsTask().GetAwaiter().GetResult();
            var plain = Prepare(socket);
            if (certificate is null) return new LinkStream(socket, plain);
            var secured = new SslStream(plain, leaveInnerStreamOpen: false);
            secured.AuthenticateAsClient(certificate.ToClient());
            return new LinkStream(socket, secured);
        }
        catch (Exception cause) when (IsBroken(cause) || cause is OperationCanceledException)
        {
            socket.Dispose();
            throw new LinkException(
                cause is System.Security.Authentication.AuthenticationException
                    ? $"{host}:{port} is no trainer of this cluster: {Words(cause)}"
                    : $"{host}:{port} cannot be reached: {Words(cause)}",
                cause);
        }
    }

    /// <summary>Takes a connection of a worker. The socket is this stream's from now on, even if it fails.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="certificate">What to show, and whom to trust; null: nothing is encrypted.</param>
    /// <exception cref="LinkException">The other side is no worker of this cluster.</exception>
    public static LinkStream Accept(Socket socket, NodeCertificate? certificate)
    {
        try
        {
            var plain = Prepare(socket);
            if (certificate is null) return new LinkStream(socket, plain);
            var secured = new SslStream(plain, leaveInnerStreamOpen: false);
            secured.AuthenticateAsServer(certificate.ToServer());
            return new LinkStream(socket, secured);
        }
        catch (Exception cause) when (IsBroken(cause))
        {
            socket.Dispose();
            throw new LinkException($"it is no worker of this cluster: {Words(cause)}", cause);
        }
    }

    /// <summary>Writes a frame. Thread-safe.</summary>
    /// <exception cref="LinkException">The connection is broken.</exception>
    public void Write(
        LinkFrame frame, ReadOnlySpan<byte> header = default, ReadOnlySpan<byte> first = default, ReadOnlySpan<byte> second = default)
    {
        lock (_writing)
        {
            try
            {
                var length = PrefixBytes + header.Length;
                if (_out.Length < length) _out = new byte[2 * length];
                var buffer = _out.AsSpan(0, length);
                buffer[0] = (byte)frame;
                buffer[1..4].Clear();
                BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], header.Length);
                BinaryPrimitives.WriteInt32LittleEndian(buffer[8..], first.Length + second.Length);
                header.CopyTo(buffer[PrefixBytes..]);
                var sum = Sum(second, Sum(first, Sum(header, Sum(buffer[..SummedPrefix], 0))));
                BinaryPrimitives.WriteUInt64LittleEndian(buffer[SummedPrefix..], sum);
                _stream.Write(buffer);
                if (!first.IsEmpty) _stream.Write(first);
                if (!second.IsEmpty) _stream.Write(second);
                Interlocked.Add(ref _bytesWritten, length + first.Length + second.Length);
            }
            catch (Exception cause) when (IsBroken(cause))
            {
                throw new LinkException(Words(cause), cause);
            }
        }
    }

    /// <summary>Reads the beginning of the next frame. The frame's payload must be read before the next one.</summary>
    /// <param name="mostHeader">Most bytes of its header; from a side that is not known yet, only few are read.</param>
    /// <exception cref="LinkException">The connection is broken, or carries something else.</exception>
    public LinkHead Read(int mostHeader = MostHeader)
    {
        try
        {
            _stream.ReadExactly(_prefix);
            var (header, payload) = (
                BinaryPrimitives.ReadInt32LittleEndian(_prefix.AsSpan(4)), BinaryPrimitives.ReadInt32LittleEndian(_prefix.AsSpan(8)));
            if (header < 0 || header > mostHeader || payload is < 0 or > MostPayload)
                throw new LinkException("something else than frames came");
            if (_header.Length < header) _header = new byte[2 * header];
            _stream.ReadExactly(_header.AsSpan(0, header));
            Interlocked.Add(ref _bytesRead, PrefixBytes + header);
            _sumRead = Sum(_header.AsSpan(0, header), Sum(_prefix.AsSpan(0, SummedPrefix), 0));
            var head = new LinkHead(
                (LinkFrame)_prefix[0], _header.AsMemory(0, header), payload,
                BinaryPrimitives.ReadUInt64LittleEndian(_prefix.AsSpan(SummedPrefix)));
            if (payload == 0) ReadPayload(head, [], []);
            return head;
        }
        catch (Exception cause) when (IsBroken(cause))
        {
            throw new LinkException(Words(cause), cause);
        }
    }

    /// <summary>Reads a frame's payload, which must be as long as both parts together.</summary>
    /// <exception cref="LinkException">The connection is broken, or the frame came damaged.</exception>
    public void ReadPayload(LinkHead head, Span<byte> first, Span<byte> second)
    {
        if (head.Payload != first.Length + second.Length)
            throw new LinkException($"{head.Payload} bytes came where {first.Length + second.Length} were expected");
        try
        {
            _stream.ReadExactly(first);
            _stream.ReadExactly(second);
        }
        catch (Exception cause) when (IsBroken(cause))
        {
            throw new LinkException(Words(cause), cause);
        }

        Interlocked.Add(ref _bytesRead, head.Payload);
        if (Sum(second, Sum(first, _sumRead)) != head.Checksum) throw new LinkException("a frame came damaged");
    }

    /// <summary>Passes over a frame's payload.</summary>
    /// <exception cref="LinkException">The connection is broken.</exception>
    public void Skip(LinkHead head) => ReadPayload(head, new byte[head.Payload], []);

    /// <summary>Returns whether the other side, which has nothing to say yet, ends the connection within some time.</summary>
    public bool IsTurnedAway(TimeSpan moment)
    {
        _socket.ReceiveTimeout = (int)moment.TotalMilliseconds;
        try
        {
            return _stream.Read(_prefix) == 0;
        }
        catch (Exception cause) when (IsBroken(cause))
        {
            return cause.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock };
        }
    }

    /// <summary>Ends the connection: whoever reads or writes fails.</summary>
    public void Dispose()
    {
        // Closing a TLS stream says goodbye, for which a broken connection is waited out; the socket alone ends at once.
        _socket.Dispose();
        GC.SuppressFinalize(this);
    }

    private static NetworkStream Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.ReceiveTimeout = socket.SendTimeout = (int)Patience.TotalMilliseconds;
        return new NetworkStream(socket, ownsSocket: true);
    }

    // The checksum of what comes before is the seed of what follows.
    private static ulong Sum(ReadOnlySpan<byte> bytes, ulong before) => XxHash3.HashToUInt64(bytes, unchecked((long)before));

    private static bool IsBroken(Exception cause) => cause is IOException or SocketException or ObjectDisposedException
        or InvalidOperationException or System.Security.Authentication.AuthenticationException;

    private static string Words(Exception cause) => cause switch
    {
        EndOfStreamException => "the other side has closed the connection",
        ObjectDisposedException => "it was ended",
        { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock } } =>
            $"the other side was silent for {Patience.TotalSeconds:0} s",
        OperationCanceledException => $"no answer within {Patience.TotalSeconds:0} s",
        _ => cause.Message.TrimEnd('.'),
    };
}
