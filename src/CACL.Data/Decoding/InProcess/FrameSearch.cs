using CACL.Data.Catalog;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Decides which packets to decode to find frames by their times: from an entry point at or before the first one until all are in the
/// decoder, and between them only those to which others refer.
/// </summary>
internal sealed class FrameSearch
{
    private readonly VideoRecord _video;
    private readonly FrameDecoder _decoder;
    private readonly UnreferencedPictures? _unreferenced;
    private readonly bool _onePacketOneFrame;
    private readonly long[] _times;
    private readonly bool[] _sent;
    private int _unsent;
    private bool _entered;

    /// <summary>Begins a search.</summary>
    /// <param name="video">The video's record.</param>
    /// <param name="wanted">The frames, increasing, at least one.</param>
    /// <param name="decoder">Is told how to treat each packet.</param>
    /// <param name="stream">The stream that is read.</param>
    public FrameSearch(VideoRecord video, ReadOnlySpan<int> wanted, FrameDecoder decoder, MediaStream stream)
    {
        _video = video;
        _decoder = decoder;
        _onePacketOneFrame = _video.CountedBy == CountedBy.Packets;
        if (_onePacketOneFrame) _unreferenced = UnreferencedPictures.Of(video.Codec, stream.ExtraData);
        _times = new long[wanted.Length];
        for (var i = 0; i < wanted.Length; i++) _times[i] = _video.Frames.Times[wanted[i]];
        _sent = new bool[wanted.Length];
        _unsent = wanted.Length;
        EntryTime = _video.Frames.KeyFrameBefore(wanted[0]) is var key and > 0 ? _video.Frames.Times[key] : null;
        _entered = EntryTime is null;
    }

    /// <summary>Presentation times of the wanted frames, increasing.</summary>
    public ReadOnlySpan<long> Times => _times;

    /// <summary>Time of the last key frame at or before the first frame; null if that is the video's first one, or there is none.</summary>
    public long? EntryTime { get; }

    /// <summary>Whether the seek landed after the entry point.</summary>
    public bool Missed { get; private set; }

    /// <summary>
    /// Whether no more packets are needed. Where each packet is a whole picture, nothing that follows can change the frames once the
    /// packets of all of them were sent.
    /// </summary>
    public bool Enough => Missed || (_onePacketOneFrame && _unsent == 0);

    /// <summary>Decides whether to decode the next packet, and how the decoder is to treat it.</summary>
    public bool Admit(MediaPacket packet)
    {
        if (!_entered && !Enters(packet)) return false;
        var wanted = Array.BinarySearch(_times, packet.Pts);
        if (wanted >= 0 && !_sent[wanted])
        {
            _sent[wanted] = true;
            _unsent--;
        }

        if (wanted < 0 && !packet.IsCorrupt && _unreferenced is not null && _unreferenced.Contains(packet.Bytes)) return false;
        _decoder.SkipsNonReference = _onePacketOneFrame && _video.Codec == "h264" && wanted < 0;
        return true;
    }

    /// <summary>
    /// Returns whether decoding starts at this packet. A seek may land before the entry point, in the middle of a group of pictures, or
    /// after it; the packets' own times tell.
    /// </summary>
    private bool Enters(MediaPacket packet)
    {
        if (!packet.IsKey || packet.Pts == FfmpegFunctions.NoTime) return false;
        Missed = packet.Pts > EntryTime;
        _entered = packet.Pts == EntryTime || (packet.Pts < EntryTime && Array.BinarySearch(_video.Frames.Times, packet.Pts) >= 0);
        return _entered;
    }
}
