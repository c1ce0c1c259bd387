using CACL.Data.Decoding.Isolated;
using CACL.Data.Files;
using CACL.Data.Processes;
using FFMpegCore;
using FFMpegCore.Arguments;

namespace CACL.Data.Clips;

/// <summary>
/// Writes frames into an MP4 that plays everywhere (H.264, yuv420p, index in front), through an ffmpeg process that is never more than a
/// pipe's buffer behind. The file appears under its name only once it is complete; disposing before <see cref="Finish"/> leaves nothing
/// behind. Used by one thread.
/// </summary>
public sealed class ClipWriter : IDisposable
{
    // The first of these that this ffmpeg has is taken. The last is part of every build, and older players know it, too.
    private static readonly (string Name, string Quality)[] Encoders =
        [("libx264", "-preset medium -crf 20"), ("libopenh264", "-b:v 6M"), ("mpeg4", "-q:v 3")];

    // Putting the index in front rewrites the whole file once.
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromMinutes(10);

    private readonly ChildProcess _ffmpeg;
    private readonly AtomicFile _file;
    private readonly int _bytes;
    private readonly TimeSpan _patience;

    /// <summary>Starts writing a file.</summary>
    /// <param name="program">The ffmpeg programs.</param>
    /// <param name="path">Path of the file.</param>
    /// <param name="size">Width and height in pixels, both even, as the format requires.</param>
    /// <param name="rate">Frames per second: numerator and denominator.</param>
    /// <param name="patience">How long a single frame may take.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ClipException">This ffmpeg cannot encode, or the folder cannot be created.</exception>
    public ClipWriter(
        FfmpegProgram program, string path, (int Width, int Height) size, (int Numerator, int Denominator) rate, TimeSpan patience,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (size.Width < 2 || size.Height < 2 || size.Width % 2 != 0 || size.Height % 2 != 0)
            throw new ArgumentException($"A clip of {size.Width}×{size.Height} pixels has no even sides.", nameof(size));
        path = Path.GetFullPath(path);
        _bytes = checked(size.Width * size.Height * 3);
        _patience = patience;
        var (encoder, quality) = Array.Find(Encoders, e => program.HasEncoder(e.Name));
        if (encoder is null)
        {
            throw new ClipException(
                path,
                $"{path} cannot be written: {program} has none of the encoders {string.Join(", ", Encoders.Select(e => e.Name))}. "
                + "Install a full build of ffmpeg (Debian, Ubuntu: apt-get install ffmpeg).");
        }

        Encoder = encoder;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
            _file = new AtomicFile(path);
            var arguments = Arguments(size, rate, encoder, quality);
            var start = new ChildStartInfo(program.FfmpegPath, arguments) { Timeout = patience, KeepsInputOpen = true };
            _ffmpeg = new ChildProcess(start, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ChildStartException)
        {
            throw new ClipException(path, $"{path} cannot be written: {e.Message.TrimEnd('.')}. Name another place for it.", e);
        }
    }

    /// <summary>ffmpeg's name of the encoder: libx264 where it is available.</summary>
    public string Encoder { get; }

    /// <summary>Adds a frame.</summary>
    /// <param name="frame">Width·height·3 bytes: rows of R, G, B.</param>
    /// <exception cref="ClipException">The frame or the file could not be written; the message has ffmpeg's own words.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public void Write(ReadOnlySpan<byte> frame)
    {
        if (frame.Length != _bytes) throw new ArgumentException($"A frame takes {_bytes} bytes, not {frame.Length}.", nameof(frame));
        _ffmpeg.SetTimeout(_patience);
        try
        {
            _ffmpeg.Input.Write(frame);
            _ffmpeg.Input.Flush();
        }
        catch (IOException e)
        {
            // ffmpeg ended prematurely: its own words say more than the broken pipe.
            throw Failed(WaitForEnd(), e);
        }

        _ffmpeg.SetTimeout(null);
    }

    /// <summary>Completes the file and gives it its name.</summary>
    /// <exception cref="ClipException">The frame or the file could not be written; the message has ffmpeg's own words.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public void Finish()
    {
        _ffmpeg.SetTimeout(PatienceAtTheEnd);
        try
        {
            _ffmpeg.Input.Close();
            if (WaitForEnd() is { IsSuccess: false } end) throw Failed(end, null);
            _file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(null, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ffmpeg.Kill(TimeSpan.FromSeconds(5)); // until it no longer holds the file
        _ffmpeg.Dispose();
        _file.Dispose();
    }

    private string Arguments((int Width, int Height) size, (int Numerator, int Denominator) rate, string encoder, string quality) =>
        FFMpegArguments
        .FromInput(
            new PipedFrames(),
            options => options.WithCustomArgument(
                $"-hide_banner -v error -f rawvideo -pix_fmt rgb24 -video_size {size.Width}x{size.Height} -framerate "
                    + $"{rate.Numerator}/{rate.Denominator}"))
        // FFMpegCore puts quotes around the address but does not escape those inside. Players assume BT.709 where nothing is said, so the
        // file is written in it and says so.
        .OutputToUrl(ChildStartInfo.Quote("file:" + _file.TemporaryPath)[1..^1], options => options
            .WithVideoCodec(encoder)
            .WithThreads(2)
            .WithCustomArgument(
                $"{quality} -vf scale=out_color_matrix=bt709:out_range=tv,format=yuv420p -colorspace bt709 -color_primaries bt709 "
                    + "-color_trc bt709 "
                + "-color_range tv -movflags +faststart -f mp4 -y"))
        .Arguments;

    private ChildExit WaitForEnd()
    {
        try
        {
            return _ffmpeg.WaitForExit();
        }
        catch (TimeoutException e)
        {
            throw new ClipException(
                _file.Path,
                $"{_file.Path} cannot be written: the encoder took longer than it may for a frame. {e.Message} See whether the disk hangs.",
                e);
        }
    }

    private ClipException Failed(ChildExit? end, Exception? inner)
    {
        var says = end is { Signal: not null } or { NeverStarted: true }
            ? $"ffmpeg {end.Description}."
            : FfprobeText.LastLine(string.Join('\n', _ffmpeg.ErrorTail), _file.TemporaryPath);
        if (says.Length == 0) says = inner?.Message ?? "ffmpeg ended without a word.";
        return new ClipException(
            _file.Path,
            $"{_file.Path} cannot be written. {says} Make sure that there is space and that the folder can be written to.",
            inner);
    }

    /// <summary>Standard input.</summary>
    private sealed class PipedFrames : IInputArgument
    {
        /// <inheritdoc/>
        public string Text => "-i pipe:0";

        /// <inheritdoc/>
        public void Pre(FFOptions options)
        {
        }

        /// <inheritdoc/>
        public Task During(CancellationToken cancellationToken = default) => Task.CompletedTask;

        /// <inheritdoc/>
        public void Post()
        {
        }
    }
}
