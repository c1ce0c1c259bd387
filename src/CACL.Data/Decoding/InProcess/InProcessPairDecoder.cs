using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Decodes pairs of frames with ffmpeg's libraries in this process: one seek to the key frame before them, then forwards to all wanted
/// frames, which are found by their presentation times. If a key frame lies between two of them, the later one gets a seek of its own, and
/// what lies between is not decoded. If anything leaves a doubt, it decodes from the start and counts, which is exact by definition.
/// </summary>
public sealed class InProcessPairDecoder : IPairDecoder
{
    private readonly FfmpegLibraries _ffmpeg;
    private readonly MediaPacket _packet;
    private readonly MediaFrame _frame;
    private readonly CropScaler _scaler;

    /// <summary>Creates a decoder for one worker.</summary>
    public InProcessPairDecoder(FfmpegLibraries ffmpeg)
    {
        ArgumentNullException.ThrowIfNull(ffmpeg);
        _ffmpeg = ffmpeg;
        _packet = new MediaPacket(ffmpeg.Functions);
        _frame = new MediaFrame(ffmpeg);
        _scaler = new CropScaler(ffmpeg);
    }

    /// <inheritdoc/>
    public void Decode(
        VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
    {
        PairCheck.Require(video, plan, size, first, second);
        using var end = new Deadline(video.Path, deadline, cancel);
        SamplePlan[] plans = [plan];
        var wanted = Wanted(plans);
        var views = new PairViews(first, second);
        if (video.Frames.Seekable && TryByTime(video, plans, wanted, size, views, end)) return;
        ByCounting(video, plans, wanted, size, views, end);
    }

    /// <inheritdoc/>
    public void DecodeTogether(
        VideoRecord video, IReadOnlyList<SamplePlan> plans, int size, TimeSpan deadline, Span<byte> pairs, CancellationToken cancel)
    {
        PairCheck.Require(video, plans, size, pairs);
        using var end = new Deadline(video.Path, deadline, cancel);
        var wanted = Wanted(plans);
        var views = new PairViews(pairs, size);
        if (!video.Frames.Seekable) ByCounting(video, plans, wanted, size, views, end);
        // A doubt about one pair says nothing about another: that one may still be found by its time.
        else if (!TryByTime(video, plans, wanted, size, views, end))
            OneByOne.Decode(this, video, plans, size, end.Left, pairs, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scaler.Dispose();
        _frame.Dispose();
        _packet.Dispose();
    }

    /// <summary>Returns the frames of all plans, increasing.</summary>
    private static int[] Wanted(IReadOnlyList<SamplePlan> plans) =>
        [.. new SortedSet<int>(plans.SelectMany(plan => new[] { plan.Frame, plan.Frame + plan.Stride }))];

    /// <returns>False if anything leaves a doubt whether these are the frames that a decode from the start returns.</returns>
    private bool TryByTime(
        VideoRecord video, IReadOnlyList<SamplePlan> plans, ReadOnlySpan<int> wanted, int size, PairViews views, Deadline deadline)
    {
        using var file = Open(video, deadline);
        using var decoder = new FrameDecoder(_ffmpeg, video.Path, file.Stream(video.StreamIndex), video.ReorderDelay);
        for (var from = 0; from < wanted.Length;)
        {
            var to = from + 1;
            while (to < wanted.Length && AreTogether(video, wanted[to - 1], wanted[to])) to++;
            if (from > 0) decoder.Flush();
            if (!TryByTime(video, plans, wanted[from..to], size, views, file, decoder, deadline)) return false;
            from = to;
        }

        return true;
    }

    /// <summary>Returns whether the way from one frame to a later one is decoded, or begins anew at a key frame.</summary>
    private static bool AreTogether(VideoRecord video, int frame, int later) =>
        video.CountedBy != CountedBy.Packets // where packets were not reliable, containers may seek slowly
            || video.Frames.KeyFrameBefore(later) <= frame;

    /// <summary>Finds frames from one entry point.</summary>
    /// <returns>False if anything leaves a doubt.</returns>
    private bool TryByTime(
        VideoRecord video, IReadOnlyList<SamplePlan> plans, ReadOnlySpan<int> wanted, int size, PairViews views, MediaFile file,
        FrameDecoder decoder, Deadline deadline)
    {
        var stream = file.Stream(video.StreamIndex);
        using var gate = new KeyFrameGate(_ffmpeg, stream);
        var search = new FrameSearch(video, wanted, decoder, stream);
        if (search.EntryTime is { } time && !file.Seek(video.StreamIndex, time)) return false;
        var reader = new FrameReader(file, video.StreamIndex, decoder, gate, _packet, _frame, deadline, search);
        var last = FfmpegFunctions.NoTime;
        for (var found = 0; reader.Next();)
        {
            if (reader.Damaged || _frame.Pts <= last) return false; // or if it has no time
            last = _frame.Pts;
            if (last > search.Times[found]) return false;
            if (last < search.Times[found]) continue;
            Write(video, plans, wanted[found], size, views);
            if (++found == wanted.Length) return true;
        }

        return false;
    }

    private void ByCounting(
        VideoRecord video, IReadOnlyList<SamplePlan> plans, ReadOnlySpan<int> wanted, int size, PairViews views, Deadline deadline)
    {
        using var file = Open(video, deadline);
        using var decoder = new FrameDecoder(_ffmpeg, video.Path, file.Stream(video.StreamIndex), video.ReorderDelay, video.IsStill);
        using var gate = new KeyFrameGate(_ffmpeg, file.Stream(video.StreamIndex));
        var reader = new FrameReader(file, video.StreamIndex, decoder, gate, _packet, _frame, deadline);
        var index = 0;
        for (var found = 0; reader.Next(); index++)
        {
            if (video.IsStill && reader.Damaged) break; // and no picture that follows in the file stands for it
            if (index != wanted[found]) continue;
            Write(video, plans, index, size, views);
            if (++found == wanted.Length) return;
        }

        throw PairCheck.TooFewFrames(video, index);
    }

    private MediaFile Open(VideoRecord video, Deadline deadline)
    {
        var file = MediaFile.Open(_ffmpeg, video.Path, deadline);
        try
        {
            // The headers of these containers tell everything but the reorder delay, which is in the record, so nothing has to be decoded
            // to learn more. A still image's first picture tells everything itself.
            if (!file.HasFullHeader && !video.IsStill) file.FindStreamInfo();
            if (video.StreamIndex >= file.StreamCount || file.Stream(
                video.StreamIndex) is not { IsVideo: true } stream || stream.CodecName != video.Codec)
            {
                throw new VideoUnusableException(video.Path, UnusableReason.Changed,
                    $"{video.Path} no longer has the {video.Codec} stream {video.StreamIndex} it had when it was scanned; scan it again.");
            }

            for (var i = 0; i < file.StreamCount; i++)
            {
                if (i != video.StreamIndex) file.Stream(i).Discard();
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes all views that the plans take of the frame just decoded.</summary>
    private void Write(VideoRecord video, IReadOnlyList<SamplePlan> plans, int frame, int size, PairViews views)
    {
        for (var i = 0; i < plans.Count; i++)
        {
            var plan = plans[i];
            if (frame == plan.Frame) Write(video, plan.View.Box, size, views.First(i));
            if (frame != plan.Frame + plan.Stride) continue;
            if (plan.Stride == 0 && plan.ViewPlus.Box == plan.View.Box) views.First(i).CopyTo(views.Second(i));
            else Write(video, plan.ViewPlus.Box, size, views.Second(i));
        }
    }

    private void Write(VideoRecord video, CropBox box, int size, Span<byte> crop)
    {
        if (_scaler.Write(_frame, box, video.Width, video.Height, video.Orientation, size, crop) is { } fault)
            throw new VideoUnusableException(video.Path, UnusableReason.Corrupt, $"A frame of {video.Path} cannot be used: {fault}.");
    }
}
