using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;

namespace CACL.Data.Preparation;

/// <summary>Makes prepared files, each by an ffmpeg process with a deadline. Thread-safe.</summary>
/// <param name="program">The program.</param>
/// <param name="format">How prepared files are made.</param>
internal sealed class VideoEncoder(FfmpegProgram program, PreparationFormat format)
{
    private const string NoSpace = "No space left on device";

    /// <summary>How long each process that works on a video may take.</summary>
    internal Func<VideoRecord, TimeSpan> DeadlineOf { get; init; } = UsualDeadline;

    /// <summary>Makes a file of a video, or of its beginning.</summary>
    /// <param name="video">The source.</param>
    /// <param name="target">The file to write; it is not complete until this returns.</param>
    /// <param name="most">Number of frames after which to stop, or null.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="VideoUnusableException">ffmpeg fails on the source, or takes too long.</exception>
    /// <exception cref="DecoderFaultException">ffmpeg fails through no fault of the source's.</exception>
    /// <exception cref="PreparationException">The disk is full.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    internal void Encode(VideoRecord video, string target, int? most, CancellationToken cancel)
    {
        var colours = SourceColours.Of(program, video, DeadlineOf(video), cancel);
        var before = video.Frames.Seekable ? 0 : LeadingFrames.CountBefore(program, video, DeadlineOf(video), cancel);
        var arguments = new PreparationArguments(program, format, video, colours, before).To(target, most);
        using var ffmpeg = new FfmpegProcess(program.FfmpegPath, arguments, video.Path, DeadlineOf(video), cancel, endsWithParent: true);
        var code = ffmpeg.WaitForExit();
        if (code == 0) return;
        if (ffmpeg.ErrorOutput.Contains(NoSpace, StringComparison.Ordinal)) throw PreparationException.DiskFull(target);
        throw new VideoUnusableException(
            video.Path, UnusableReason.Corrupt,
            $"{video.Path} cannot be prepared: ffmpeg ended with exit code {code}. {FfprobeText.LastLine(ffmpeg.ErrorOutput, video.Path)}"
                .TrimEnd());
    }

    // Some hundred times what it takes at most, so that only what hangs or crawls is given up.
    private static TimeSpan UsualDeadline(VideoRecord video)
    {
        var megapixels = (double)video.Width * video.Height / 1e6;
        return TimeSpan.FromSeconds(60 + (video.Frames.Count * (0.1 + (0.2 * megapixels))));
    }
}
