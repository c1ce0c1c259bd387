using CACL.Data.Catalog;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Reads a video's record with ffmpeg's libraries in this process: from its packets where they give every frame's time reliably, otherwise
/// by decoding it once.
/// </summary>
public sealed class InProcessProber : IVideoProber
{
    private readonly FfmpegLibraries _ffmpeg;
    private readonly MediaPacket _packet;
    private readonly MediaFrame _frame;

    /// <summary>Creates a prober for one worker.</summary>
    public InProcessProber(FfmpegLibraries ffmpeg)
    {
        ArgumentNullException.ThrowIfNull(ffmpeg);
        _ffmpeg = ffmpeg;
        _packet = new MediaPacket(ffmpeg.Functions);
        _frame = new MediaFrame(ffmpeg);
    }

    /// <inheritdoc/>
    public VideoRecord Probe(string path, TimeSpan deadline, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var limit = new Deadline(path, deadline, cancel);
        limit.Check();
        if (StillHeader.Read(path) is { } still) return still;
        using var file = MediaFile.Open(_ffmpeg, path, limit);
        if (!VideoFileTypes.IsStill(path)) file.FindStreamInfo(); // a still image's picture tells everything itself
        var all = new List<PacketScan>();
        try
        {
            TakeCensus(file, all, out var readError);
            return Read(path, file, Choose(all, path), readError, limit);
        }
        finally
        {
            foreach (var scan in all) scan.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _packet.Dispose();
        _frame.Dispose();
    }

    private VideoRecord Read(string path, MediaFile file, PacketScan scan, bool readError, Deadline limit)
    {
        var stream = scan.Stream;
        using var decoder = new FrameDecoder(_ffmpeg, path, stream, reorderDelay: null); // also proves that there is a decoder
        var orientation = stream.Orientation;
        var countedBy = scan.Doubt(file, readError) is null ? CountedBy.Packets : CountedBy.Decoding;
        var (width, height) = (stream.Width, stream.Height);
        FrameIndex frames;
        if (countedBy == CountedBy.Packets)
        {
            var (times, keys) = scan.Frames();
            frames = new FrameIndex(stream.TimeBase.Numerator, stream.TimeBase.Denominator, times, keys, Seekable: times.Length > 1);
            orientation = FirstPicturesOrientation(decoder, scan.First) ?? orientation;
        }
        else
        {
            frames = Count(scan, path, limit, out var first);
            if (first.Width > 0) (width, height, orientation) = (first.Width, first.Height, first.Orientation ?? orientation);
        }

        if (frames.Count == 0) throw PairCheck.NoFrame(path);
        if (width <= 0 || height <= 0)
            throw new VideoUnusableException(path, UnusableReason.Corrupt, $"{path} does not tell the size of its pictures.");
        if (orientation.SwapsSides) (width, height) = (height, width);
        return new VideoRecord(
            path, scan.StreamIndex, stream.CodecName, width, height, orientation, stream.ReorderDelay, countedBy, frames);
    }

    /// <summary>Returns the orientation that a stream's first picture names. It is a key picture, and the first one shown.</summary>
    private DisplayOrientation? FirstPicturesOrientation(FrameDecoder decoder, MediaPacket? packet)
    {
        var damaged = false;
        if (packet is null || !decoder.Send(packet) || !decoder.Send(null) || !decoder.Receive(_frame, ref damaged)) return null;
        return _frame.Orientation;
    }

    private void TakeCensus(MediaFile file, List<PacketScan> all, out bool readError)
    {
        for (var i = 0; i < file.StreamCount; i++)
        {
            var stream = file.Stream(i);
            if (stream.IsVideo) all.Add(new PacketScan(_ffmpeg, i, stream));
            else stream.Discard();
        }

        readError = false;
        if (all.Count == 0) return;
        while (file.Read(_packet, ref readError)) all.Find(scan => scan.StreamIndex == _packet.StreamIndex)?.Add(_packet);
    }

    /// <summary>
    /// Chooses the first video stream with more than one frame, or, if there is none, a still image or a video of one frame.
    /// </summary>
    private static PacketScan Choose(List<PacketScan> all, string path)
    {
        if (all.Count == 0) throw new VideoUnusableException(path, UnusableReason.NotAVideo, $"{path} has no video stream.");
        return all.Find(scan => scan.Shown > 1) ?? all.Find(scan => scan.Shown == 1)
            ?? throw new VideoUnusableException(path, UnusableReason.Corrupt, $"The video stream of {path} holds no data.");
    }

    private FrameIndex Count(
        PacketScan scan, string path, Deadline limit, out (int Width, int Height, DisplayOrientation? Orientation) first)
    {
        first = default;
        var isStill = VideoFileTypes.IsStill(path);
        using var file = MediaFile.Open(_ffmpeg, path, limit);
        if (!isStill) file.FindStreamInfo();
        for (var i = 0; i < file.StreamCount; i++)
        {
            if (i != scan.StreamIndex) file.Stream(i).Discard();
        }

        var stream = file.Stream(scan.StreamIndex);
        using var decoder = new FrameDecoder(_ffmpeg, path, stream, reorderDelay: null, wholeOnly: isStill);
        using var gate = new KeyFrameGate(_ffmpeg, stream);
        var reader = new FrameReader(file, scan.StreamIndex, decoder, gate, _packet, _frame, limit);
        var times = new List<long>();
        var exact = true;
        // A still image is one picture, and no other that follows in the file stands for it.
        while ((!isStill || times.Count == 0) && reader.Next())
        {
            if (isStill && reader.Damaged) break;
            if (times.Count == 0) first = (_frame.Width, _frame.Height, _frame.Orientation);
            exact &= _frame.Pts != FfmpegFunctions.NoTime;
            times.Add(_frame.Pts != FfmpegFunctions.NoTime ? _frame.Pts : _frame.BestEffortTime);
        }

        if (times.Count == 0 && gate.KeptBack) throw ConcealingCodecs.NothingWhole(path);
        var (numerator, denominator) = stream.TimeBase;
        var increasing = times.Count > 1
            && times.Zip(times.Skip(1)).All(pair => pair.First < pair.Second && pair.First != FfmpegFunctions.NoTime);
        if (!exact || !increasing) return new FrameIndex(numerator, denominator, [.. times], times.Count > 0 ? [0] : [], Seekable: false);
        var keyTimes = scan.KeyTimes();
        var keys = Enumerable.Range(0, times.Count).Where(i => keyTimes.Contains(times[i])).ToArray();
        return new FrameIndex(numerator, denominator, [.. times], keys, Seekable: true);
    }
}
