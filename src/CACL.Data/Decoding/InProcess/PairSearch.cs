using CACL.Data.Catalog;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Decides which packets to decode to find two frames by their times: from an entry point at or before the first one until both are in the
/// decoder, and between them only those to which others refer. Both may be the same frame.
/// </summary>
internal sealed class PairSearch
{
    private readonly VideoRecord _video;
    private readonly FrameDecoder _decoder;
    private readonly UnreferencedPictures? _unreferenced;
    private readonly bool _onePacketOneFrame;
    private bool _entered;
    private bool _sentFirst;
    private bool _sentSecond;

    public PairSearch(VideoRecord video, int first, int second, FrameDecoder decoder, MediaStream stream)
    {
        _video = video;
        _decoder = decoder;
        _onePacketOneFrame = _video.CountedBy == CountedBy.Packets;
        if (_onePacketOneFrame) _unreferenced = UnreferencedPictures.Of(video.Codec, stream.ExtraData);
        FirstTime = _video.Frames.Times[first];
        SecondTime = _video.Frames.Times[second];
        EntryTime = KeyFrameBefore(_video.Frames, first) is var key and > 0 ? _video.Frames.Times[key] : null;
        _entered = EntryTime is null;
    }

    public long FirstTime { get; }

    public long SecondTime { get; }

    /// <summary>Time of the last key frame at or before the first frame; null if that is the video's first one, or there is none.</summary>
    public long? EntryTime { get; }

    /// <summary>Whether the seek landed after the entry point.</summary>
    public bool Missed { get; private set; }

    /// <summary>
    /// Whether no more packets are needed. Where each packet is a whole picture, nothing that follows can change the two frames once both
    /// packets were sent.
    /// </summary>
    public bool Enough => Missed || (_onePacketOneFrame && _sentFirst && _sentSecond);

    /// <summary>Decides whether to decode the next packet, and how the decoder is to treat it.</summary>
    public bool Admit(MediaPacket packet)
    {
        if (!_entered && !Enters(packet)) return false;
        _sentFirst |= packet.Pts == FirstTime;
        _sentSecond |= packet.Pts == SecondTime;
        var isWanted = packet.Pts == FirstTime || packet.Pts == SecondTime;
        if (!isWanted && !packet.IsCorrupt && _unreferenced is not null && _unreferenced.Contains(packet.Bytes)) return false;
        _decoder.SkipsNonReference = _onePacketOneFrame && _video.Codec == "h264" && !isWanted;
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

    /// <summary>Returns the last key frame at or before a frame; 0, the start, if there is none.</summary>
    public static int KeyFrameBefore(FrameIndex frames, int frame)
    {
        var at = Array.BinarySearch(frames.KeyFrames, frame);
        if (at < 0) at = ~at - 1;
        return at < 0 ? 0 : frames.KeyFrames[at];
    }
}
