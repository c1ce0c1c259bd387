using System.Globalization;
using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Isolated;

/// <summary>
/// What ffprobe says about one video stream and its packets. The rules are the in-process prober's, as far as ffprobe allows.
/// </summary>
internal sealed class ProbedStream(int index)
{
    // In these codecs a packet is one frame that is shown, with a time of its own. That is not so for older codecs (packed B-frames,
    // skipped frames) and for VP8 and VP9 (hidden frames).
    private static readonly HashSet<string> OnePacketOneFrame = ["h264", "hevc", "av1", "mjpeg"];

    private readonly List<(long? Time, bool Key)> _shown = [];
    private long? _firstKeyTime;
    private int _packets;
    private bool _isReordered;
    private string? _doubt;

    internal int Index => index;

    internal string Codec { get; private set; } = "unknown";

    internal int Width { get; private set; }

    internal int Height { get; private set; }

    internal int ReorderDelay { get; private set; }

    /// <summary>The orientation for display that the container names. What a frame says about itself takes precedence.</summary>
    internal DisplayOrientation Orientation { get; private set; }

    internal (int Numerator, int Denominator) TimeBase { get; private set; } = (0, 1);

    internal bool IsVideo { get; private set; }

    internal int Shown => _shown.Count;

    /// <summary>Time of the first packet, and its position in the file.</summary>
    internal (long? Time, long? Position) First { get; private set; }

    private bool IsInterlaced { get; set; }

    private long PromisedFrames { get; set; }

    internal void AddPacket(Dictionary<string, string> packet, bool changesHeaders)
    {
        var flags = packet.GetValueOrDefault("flags", "");
        var time = packet.Number("pts");
        var isKey = flags.Contains('K', StringComparison.Ordinal);
        if (_packets++ == 0)
        {
            First = (time, packet.Number("pos"));
            _firstKeyTime = time;
            if (!isKey) _doubt ??= "it does not begin with a key frame";
        }
        else if (changesHeaders)
        {
            _doubt ??= "its headers change midway";
        }

        if (flags.Contains('C', StringComparison.Ordinal)) _doubt ??= "a packet is damaged";
        if (packet.Number("size") is null or 0) _doubt ??= "a packet is empty";
        if (flags.Contains('D', StringComparison.Ordinal)) return;
        if (time is null) _doubt ??= "a packet has no presentation time";
        else if (time < _firstKeyTime) _doubt ??= "frames precede the first key frame";
        _isReordered |= _shown.Count > 0 && time < _shown[^1].Time;
        _shown.Add((time, isKey));
    }

    internal void Describe(Dictionary<string, string> stream)
    {
        IsVideo = stream.Number("attached_pic") is not 1;
        Codec = stream.GetValueOrDefault("codec_name", "unknown");
        Width = (int)(stream.Number("width") ?? 0);
        Height = (int)(stream.Number("height") ?? 0);
        ReorderDelay = (int)(stream.Number("has_b_frames") ?? 0);
        PromisedFrames = stream.Number("nb_frames") ?? 0;
        IsInterlaced = stream.GetValueOrDefault("field_order", "unknown") is not ("unknown" or "progressive");
        if (stream.GetValueOrDefault("time_base", "").Split('/') is [var numerator, var denominator])
            TimeBase = (int.Parse(numerator, CultureInfo.InvariantCulture), int.Parse(denominator, CultureInfo.InvariantCulture));
        DescribeSideData(stream);
    }

    internal void DescribeSideData(Dictionary<string, string> sideData) => Orientation = sideData.Orientation() ?? Orientation;

    /// <summary>Returns why the packets are not a reliable source, or null if they are.</summary>
    internal string? Doubt(string container, bool complained)
    {
        if (complained) return "ffprobe complained";
        var isMatroska = container.StartsWith("matroska,", StringComparison.Ordinal);
        var givesTimes = isMatroska || container.StartsWith("mov,", StringComparison.Ordinal);
        if (!givesTimes) return "its container does not give each frame its time";
        if (!OnePacketOneFrame.Contains(Codec)) return "its codec hides or packs frames";
        if (IsInterlaced) return "a packet may hold one field";
        if (_packets < PromisedFrames) return "there are fewer packets than the header promises";
        // The times of some files contradict the order in which the codec presents its frames. Only decoding, or the absence of reordering,
        // settles that.
        if (Codec is "h264" or "hevc" && (ReorderDelay > 0 || _isReordered)) return "its frames are reordered";
        return _doubt ?? (KeyedTimes().Length != KeyedTimes().DistinctBy(frame => frame.Time).Count() ? "times are repeated" : null);
    }

    /// <summary>Returns the frame index according to the packets.</summary>
    internal FrameIndex FromPackets()
    {
        var frames = KeyedTimes();
        Array.Sort(frames, (a, b) => a.Time.CompareTo(b.Time));
        var keys = Enumerable.Range(0, frames.Length).Where(frame => frames[frame].Key).ToArray();
        var times = frames.Select(frame => frame.Time).ToArray();
        return new FrameIndex(TimeBase.Numerator, TimeBase.Denominator, times, keys, Seekable: frames.Length > 1);
    }

    /// <summary>Returns the frame index of frames that were decoded one after the other.</summary>
    internal FrameIndex FromFrames(IReadOnlyList<ProbedFrame> frames)
    {
        const long NoTime = long.MinValue; // ffmpeg's AV_NOPTS_VALUE
        var times = frames.Select(frame => frame.Time ?? frame.Guess ?? NoTime).ToArray();
        var increasing = times.Zip(times.Skip(1)).All(pair => pair.First < pair.Second);
        var seekable = times.Length > 1 && increasing && frames.All(frame => frame.Time is not null);
        if (!seekable) return new FrameIndex(TimeBase.Numerator, TimeBase.Denominator, times, times.Length > 0 ? [0] : [], Seekable: false);
        var keyTimes = KeyedTimes().Where(frame => frame.Key).Select(frame => frame.Time).ToHashSet();
        var keys = Enumerable.Range(0, times.Length).Where(frame => keyTimes.Contains(times[frame])).ToArray();
        return new FrameIndex(TimeBase.Numerator, TimeBase.Denominator, times, keys, Seekable: true);
    }

    private (long Time, bool Key)[] KeyedTimes() =>
        [.. _shown.Where(frame => frame.Time is not null).Select(frame => (frame.Time!.Value, frame.Key))];
}
