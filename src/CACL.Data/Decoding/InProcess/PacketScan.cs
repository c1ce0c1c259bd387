namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// What the packets of one stream say about its frames. <see cref="Doubt"/> names the first reason why they are not a reliable source; the
/// frames are then counted by decoding.
/// </summary>
internal sealed class PacketScan : IDisposable
{
    // In these codecs a packet is one frame that is shown, and the container gives it a presentation time. That is not so for older codecs
    // (packed B-frames, skipped frames) and for VP8 and VP9 (hidden frames).
    private static readonly HashSet<string> OnePacketOneFrame = ["h264", "hevc", "av1", "mjpeg"];

    private const string NoKeyFrameFirst = "it does not begin with a key frame";

    private readonly List<(long Pts, bool Key, long Order)> _shown = [];
    private readonly PictureHeaders? _headers;
    private (int Width, int Height) _size;
    private long _keys;
    private long _firstKeyTime;
    private int _packets;
    private string? _doubt;

    public PacketScan(FfmpegLibraries ffmpeg, int streamIndex, MediaStream stream)
    {
        StreamIndex = streamIndex;
        Stream = stream;
        if (stream.CodecName is "h264" or "hevc") _headers = new PictureHeaders(ffmpeg, stream);
    }

    public int StreamIndex { get; }

    public MediaStream Stream { get; }

    /// <summary>The stream's first packet; null before any.</summary>
    public MediaPacket? First { get; private set; }

    /// <summary>Number of packets whose frames are shown.</summary>
    public int Shown => _shown.Count;

    public void Add(MediaPacket packet)
    {
        if (_packets++ == 0)
        {
            _firstKeyTime = packet.Pts;
            if (!packet.IsKey) _doubt ??= NoKeyFrameFirst;
            First = packet.Clone();
        }
        else if (packet.ChangesHeaders)
        {
            _doubt ??= "its headers change midway";
        }

        if (packet.IsCorrupt) _doubt ??= "a packet is damaged";
        if (packet.Size == 0) _doubt ??= "a packet is empty";
        var order = Order(packet);
        if (packet.IsDiscarded) return;
        if (packet.Pts == FfmpegFunctions.NoTime) _doubt ??= "a packet has no presentation time";
        else if (packet.Pts < _firstKeyTime) _doubt ??= "frames precede the first key frame";
        _shown.Add((packet.Pts, packet.IsKey, order));
    }

    /// <summary>Returns why the packets are not a reliable source, or null if they are.</summary>
    public string? Doubt(MediaFile file, bool readError)
    {
        if (readError) return "reading ended with an error";
        if (!file.HasFullHeader) return "its container does not give each frame its time";
        if (!OnePacketOneFrame.Contains(Stream.CodecName)) return "its codec hides or packs frames";
        if (Stream.IsInterlaced) return "a packet may hold one field";
        if (_packets < Stream.PromisedFrames) return "there are fewer packets than the header promises";
        return _doubt ?? (IsInCodecsOrder() ? null : "times are repeated, or contradict the codec's own order");
    }

    public void Dispose()
    {
        _headers?.Dispose();
        First?.Dispose();
    }

    /// <summary>Returns the presentation times, increasing, and the indices of the key frames among them.</summary>
    public (long[] Times, int[] KeyFrames) Frames()
    {
        _shown.Sort((a, b) => a.Pts.CompareTo(b.Pts));
        var keys = new List<int>();
        for (var i = 0; i < _shown.Count; i++)
        {
            if (_shown[i].Key) keys.Add(i);
        }

        return ([.. _shown.Select(frame => frame.Pts)], [.. keys]);
    }

    /// <summary>Returns the times of the packets that are marked as key frames.</summary>
    public HashSet<long> KeyTimes() =>
        [.. _shown.Where(frame => frame.Key && frame.Pts != FfmpegFunctions.NoTime).Select(frame => frame.Pts)];

    /// <summary>Returns the place of the packet's frame in the codec's own presentation order; it increases in that order.</summary>
    private long Order(MediaPacket packet)
    {
        if (_headers is null) return _packets; // nothing is reordered
        _headers.Read(packet);
        // A container that marks every packet as a key frame is not to be believed. Decoding can start at an H.264 picture that is not a
        // key picture.
        if (_packets == 1 && !_headers.IsKey && Stream.CodecName == ConcealingCodecs.Hevc) _doubt ??= NoKeyFrameFirst;
        if (_headers.IsField) _doubt ??= "a packet holds one field";
        if (_packets == 1) _size = _headers.Size;
        else if (_headers.Size != _size) _doubt ??= "the size of its pictures changes";
        if (packet.IsKey) _keys++; // the count may restart at a key frame, and everything before a key frame is presented before it
        return (_keys << 32) + _headers.Order;
    }

    private bool IsInCodecsOrder()
    {
        _shown.Sort((a, b) => a.Pts.CompareTo(b.Pts));
        for (var i = 1; i < _shown.Count; i++)
        {
            if (_shown[i].Pts == _shown[i - 1].Pts || _shown[i].Order <= _shown[i - 1].Order) return false;
        }

        return true;
    }
}
