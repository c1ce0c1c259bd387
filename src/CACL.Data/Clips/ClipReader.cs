using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;
using FFMpegCore;

namespace CACL.Data.Clips;

/// <summary>
/// Reads the whole frames of a video one after the other, oriented for display, from an ffmpeg process that is never more than a pipe's
/// buffer ahead. Used by one thread; disposing ends the process.
/// </summary>
public sealed class ClipReader : IDisposable
{
    private readonly FfmpegProcess _ffmpeg;
    private readonly string _path;
    private readonly int _bytes;
    private readonly TimeSpan _patience;

    /// <summary>Starts reading at the first frame.</summary>
    /// <param name="program">The ffmpeg programs.</param>
    /// <param name="clip">The video.</param>
    /// <param name="width">Width of the frames read, pixels.</param>
    /// <param name="height">Height of the frames read, pixels.</param>
    /// <param name="patience">How long a single frame may take.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="VideoUnusableException">The file cannot be opened.</exception>
    public ClipReader(FfmpegProgram program, ClipProperties clip, int width, int height, TimeSpan patience, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        _path = clip.Path;
        _bytes = checked(width * height * 3);
        _patience = patience;
        _ffmpeg = new FfmpegProcess(program.FfmpegPath, Arguments(program, clip, width, height), clip.Path, patience, cancel);
    }

    /// <summary>Frames read so far.</summary>
    public long Frames { get; private set; }

    /// <summary>
    /// What ffmpeg wrote to standard error, such as damaged frames that it mended or dropped; complete once the last frame was read.
    /// </summary>
    public string ErrorOutput => _ffmpeg.ErrorOutput;

    /// <summary>Reads the next frame.</summary>
    /// <param name="frame">width·height·3 bytes: rows of R, G, B.</param>
    /// <returns>False after the last frame.</returns>
    /// <exception cref="VideoUnusableException">There is no frame at all, or one took too long.</exception>
    /// <exception cref="DecoderFaultException">ffmpeg was ended before the last frame.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public bool Read(Span<byte> frame)
    {
        if (frame.Length != _bytes) throw new ArgumentException($"A frame takes {_bytes} bytes, not {frame.Length}.", nameof(frame));
        _ffmpeg.SetTimeout(_patience);
        if (_ffmpeg.Output.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            // ffmpeg waits for us while the frame is used.
            _ffmpeg.SetTimeout(null);
            Frames++;
            return true;
        }

        _ffmpeg.WaitForExit();
        if (Frames > 0) return false;
        throw new VideoUnusableException(
            _path, UnusableReason.Corrupt, $"No frame of {_path} can be decoded. {FfprobeText.LastLine(ErrorOutput, _path)}".TrimEnd());
    }

    /// <inheritdoc/>
    public void Dispose() => _ffmpeg.Dispose();

    private static string Arguments(FfmpegProgram program, ClipProperties clip, int width, int height)
    {
        var input = new InputFile(clip.Path);
        var turn = RotationFilter.Of(clip.Orientation) is { Length: > 0 } filters ? filters[1..] + "," : "";
        return FFMpegArguments
            .FromInput(input, options => options
                .WithThreads(2)
                .WithCustomArgument($"-nostdin -hide_banner -v error -noautorotate {input.Options}"))
            .OutputToUrl("pipe:1", options => options
                .WithCustomArgument($"-map 0:{clip.StreamIndex} {program.PassthroughOption}")
                .WithCustomArgument(
                    $"-vf {turn}scale={width}:{height}:flags=bilinear+accurate_rnd+full_chroma_int,setsar=1,format=rgb24 -f rawvideo"))
            .Arguments;
    }
}
