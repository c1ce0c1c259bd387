using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Decodes pairs of frames with ffmpeg's libraries in this process: one seek to the key frame before them, then forwards to both frames,
/// which are found by their presentation times. If a key frame lies between them, the second frame gets a seek of its own, and what lies
/// between is not decoded. If anything leaves a doubt, it decodes from the start and counts, which is exact by definition.
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
        if (video.Frames.Seekable && TryByTime(video, plan, size, first, second, end)) return;
        ByCounting(video, plan, size, first, second, end);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scaler.Dispose();
        _frame.Dispose();
        _packet.Dispose();
    }

    /// <returns>False if anything leaves a doubt whether these are the frames that a decode from the start returns.</returns>
    private bool TryByTime(VideoRecord video, SamplePlan plan, int size, Span<byte> first, Span<byte> second, Deadline deadline)
    {
        using var file = Open(video, deadline);
        using var decoder = new FrameDecoder(_ffmpeg, video.Path, file.Stream(video.StreamIndex), video.ReorderDelay);
        var last = plan.Frame + plan.Stride;
        // Where packets were not reliable, containers may seek slowly.
        var together = video.CountedBy != CountedBy.Packets || PairSearch.KeyFrameBefore(video.Frames, last) <= plan.Frame;
        if (together) return TryByTime(video, plan, plan.Frame, last, size, first, second, file, decoder, deadline);
        if (!TryByTime(video, plan, plan.Frame, plan.Frame, size, first, second, file, decoder, deadline)) return false;
        decoder.Flush();
        return TryByTime(video, plan, last, last, size, first, second, file, decoder, deadline);
    }

    /// <summary>Finds one frame of the plan, or both, from one entry point.</summary>
    /// <returns>False if anything leaves a doubt.</returns>
    private bool TryByTime(
        VideoRecord video, SamplePlan plan, int from, int to, int size, Span<byte> first, Span<byte> second, MediaFile file,
        FrameDecoder decoder, Deadline deadline)
    {
        var stream = file.Stream(video.StreamIndex);
        using var gate = new KeyFrameGate(_ffmpeg, stream);
        var search = new PairSearch(video, from, to, decoder, stream);
        if (search.EntryTime is { } time && !file.Seek(video.StreamIndex, time)) return false;
        var reader = new FrameReader(file, video.StreamIndex, decoder, gate, _packet, _frame, deadline, search);
        var foundFirst = false;
        var last = FfmpegFunctions.NoTime;
        while (reader.Next())
        {
            if (reader.Damaged || _frame.Pts <= last) return false; // or if it has no time
            last = _frame.Pts;
            if (last == search.FirstTime)
            {
                Write(video, plan, from, size, first, second);
                foundFirst = true;
            }
            else if (last == search.SecondTime)
            {
                Write(video, plan, to, size, first, second);
            }

            if (last == search.SecondTime) return foundFirst;
        }

        return false;
    }

    private void ByCounting(VideoRecord video, SamplePlan plan, int size, Span<byte> first, Span<byte> second, Deadline deadline)
    {
        using var file = Open(video, deadline);
        using var decoder = new FrameDecoder(_ffmpeg, video.Path, file.Stream(video.StreamIndex), video.ReorderDelay, video.IsStill);
        using var gate = new KeyFrameGate(_ffmpeg, file.Stream(video.StreamIndex));
        var reader = new FrameReader(file, video.StreamIndex, decoder, gate, _packet, _frame, deadline);
        var index = 0;
        for (; reader.Next(); index++)
        {
            if (video.IsStill && reader.Damaged) break; // and no picture that follows in the file stands for it
            if (index == plan.Frame || index == plan.Frame + plan.Stride) Write(video, plan, index, size, first, second);
            if (index == plan.Frame + plan.Stride) return;
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

    /// <summary>Writes the view, or the views, that the plan takes of the frame just decoded.</summary>
    private void Write(VideoRecord video, SamplePlan plan, int frame, int size, Span<byte> first, Span<byte> second)
    {
        if (frame == plan.Frame) Write(video, plan.View.Box, size, first);
        if (frame != plan.Frame + plan.Stride) return;
        if (plan.Stride == 0 && plan.ViewPlus.Box == plan.View.Box) first.CopyTo(second);
        else Write(video, plan.ViewPlus.Box, size, second);
    }

    private void Write(VideoRecord video, CropBox box, int size, Span<byte> crop)
    {
        if (_scaler.Write(_frame, box, video.Width, video.Height, video.Orientation, size, crop) is { } fault)
            throw new VideoUnusableException(video.Path, UnusableReason.Corrupt, $"A frame of {video.Path} cannot be used: {fault}.");
    }
}
