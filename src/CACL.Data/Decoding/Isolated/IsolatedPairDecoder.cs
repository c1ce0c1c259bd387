using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding.Isolated;

/// <summary>
/// Decodes each pair of frames in an ffmpeg process of its own: slower, but nothing that a video does to ffmpeg can harm this process.
/// Frames are found by time after one seek, or, if that leaves any doubt, by counting from the start, which is exact by definition.
/// </summary>
public sealed class IsolatedPairDecoder : IPairDecoder
{
    private readonly FfmpegProgram _program;

    /// <summary>Creates a decoder for one worker.</summary>
    public IsolatedPairDecoder(FfmpegProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        _program = program;
    }

    /// <summary>Number of requests so far that had to be decoded from the start, because seeking left a doubt.</summary>
    internal int CountedFromStart { get; private set; }

    /// <inheritdoc/>
    public void Decode(
        VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
    {
        PairCheck.Require(video, plan, size, first, second);
        var (box, other) = (plan.View.Box, plan.ViewPlus.Box);
        if (other == box || plan.Stride == 0)
        {
            Decode(
                video, plan.Frame, plan.Stride, box, other == box ? null : other, size, size, deadline, first, second, cancel);
            return;
        }

        // A filter crops all its frames alike, so a box for each of two frames is two processes.
        var start = TimeProvider.System.GetTimestamp();
        Decode(video, plan.Frame, stride: 0, box, null, size, size, deadline, first, first, cancel);
        var left = deadline - TimeProvider.System.GetElapsedTime(start);
        Decode(video, plan.Frame + plan.Stride, stride: 0, other, null, size, size, left, second, second, cancel);
    }

    /// <summary>Decodes frames n and n + stride whole, found as exactly as those of any pair, at any size.</summary>
    /// <param name="video">The video's record.</param>
    /// <param name="frame">n, in presentation order.</param>
    /// <param name="stride">Distance of the second frame; 0: both are frame n.</param>
    /// <param name="width">Width of the result, pixels.</param>
    /// <param name="height">Height of the result, pixels.</param>
    /// <param name="deadline">How long decoding may take altogether.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Two arrays of width·height·3 bytes, rows of R, G, B.</returns>
    /// <exception cref="VideoUnusableException">The video cannot serve the request; the reason says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    public (byte[] First, byte[] Second) DecodeWhole(
        VideoRecord video, int frame, int stride, int width, int height, TimeSpan deadline, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(video);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        PairCheck.RequireFrames(video, frame, stride);
        var (first, second) = (new byte[checked(width * height * 3)], new byte[checked(width * height * 3)]);
        Decode(
            video, frame, stride, new CropBox(0, 0, video.Width, video.Height), null, width, height, deadline, first, second, cancel);
        return (first, second);
    }

    // The other box is the second view's, where both views are of one frame and have different boxes.
    private void Decode(
        VideoRecord video, int frame, int stride, CropBox box, CropBox? other, int width, int height, TimeSpan deadline, Span<byte> first,
        Span<byte> second, CancellationToken cancel)
    {
        var start = TimeProvider.System.GetTimestamp();
        var isMosaic = IsMosaic(video, deadline, cancel);
        var arguments = new PairArguments(_program, video, frame, stride, box, other, width, height, isMosaic);
        var views = stride > 0 || other is not null ? 2 : 1;
        if (video.Frames.Seekable)
        {
            using var ffmpeg = new FfmpegProcess(_program.FfmpegPath, arguments.ByTime(), video.Path, deadline, cancel);
            if (TryByTime(ffmpeg, views, first, second)) return;
        }

        CountedFromStart++;
        var before = LeadingFrames.CountBefore(_program, video, Left(), cancel);
        using var whole = new FfmpegProcess(_program.FfmpegPath, arguments.FromStart(before), video.Path, Left(), cancel);
        if (other is null) ByCounting(whole, video, before, frame, stride, first, second);
        else ByCounting(whole, video, before, frame, first, second);

        TimeSpan Left() => deadline - TimeProvider.System.GetElapsedTime(start);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Every process has ended with its request.
    }

    /// <returns>False if there is any doubt that these are the frames that a decode from the start returns.</returns>
    private static bool TryByTime(FfmpegProcess ffmpeg, int views, Span<byte> first, Span<byte> second)
    {
        var complete = Read(ffmpeg, first) && (views == 1 || Read(ffmpeg, second)) && ffmpeg.Output.ReadByte() < 0;
        var exitCode = ffmpeg.WaitForExit();
        if (!complete || exitCode != 0 || ffmpeg.ErrorOutput.Length > 0) return false;
        if (views == 1) first.CopyTo(second);
        return true;
    }

    /// <summary>Whether the video's pixels are a sensor's (a Bayer pattern), by ffprobe. Only few codecs hold such.</summary>
    private bool IsMosaic(VideoRecord video, TimeSpan allowed, CancellationToken cancel)
    {
        if (video.Codec is not ("rawvideo" or "tiff" or "cfhd" or "prores_raw")) return false;
        var input = new InputFile(video.Path);
        var arguments = $"-v error {input.Options} -select_streams {video.StreamIndex} "
            + $"-show_entries stream=pix_fmt -of compact {input.Text}";
        using var ffprobe = new FfmpegProcess(_program.FfprobePath, arguments, video.Path, allowed, cancel);
        var isMosaic = ffprobe.Lines.ReadToEnd().Contains("pix_fmt=bayer_", StringComparison.Ordinal);
        ffprobe.WaitForExit();
        return isMosaic;
    }

    private static void ByCounting(
        FfmpegProcess ffmpeg, VideoRecord video, int before, int frame, int stride, Span<byte> first, Span<byte> second)
    {
        for (var index = -before; ; index++)
        {
            // What comes before the first frame is read into its place and overwritten; so is what lies between the two.
            if (!Read(ffmpeg, index <= frame ? first : second)) throw TooFewFrames(ffmpeg, video, index);
            if (index < frame + stride) continue;
            if (stride == 0) first.CopyTo(second);
            return;
        }
    }

    /// <summary>Reads both views of one frame, which come one after the other.</summary>
    private static void ByCounting(
        FfmpegProcess ffmpeg, VideoRecord video, int before, int frame, Span<byte> first, Span<byte> second)
    {
        for (var index = -before; index <= frame; index++)
        {
            if (!Read(ffmpeg, first) || !Read(ffmpeg, second)) throw TooFewFrames(ffmpeg, video, index);
        }
    }

    private static VideoUnusableException TooFewFrames(FfmpegProcess ffmpeg, VideoRecord video, int frames)
    {
        ffmpeg.WaitForExit();
        return PairCheck.TooFewFrames(video, Math.Max(0, frames), FfprobeText.LastLine(ffmpeg.ErrorOutput, video.Path));
    }

    private static bool Read(FfmpegProcess ffmpeg, Span<byte> frame) =>
        ffmpeg.Output.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length;
}
