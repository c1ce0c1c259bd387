using CACL.Data.Sampling;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>
/// The truth that decoders are held to: the ffmpeg program decodes a stream from its start to its end, without dropping or repeating
/// frames, and every frame comes whole, scaled to one size.
/// </summary>
internal static class SequentialReference
{
    /// <summary>The option that is to be "passthrough" so that no frame is dropped or repeated.</summary>
    public static string PassthroughOption => FfmpegCommand.PassthroughOption;

    /// <summary>Skips the test where the ffmpeg program is not installed.</summary>
    public static void Require() => FfmpegCommand.Require();

    /// <summary>
    /// All frames of a stream in presentation order, as ffmpeg displays them, or a box of each, scaled to S·S·3 bytes of RGB.
    /// </summary>
    /// <param name="path">The video.</param>
    /// <param name="stream">Index of the stream.</param>
    /// <param name="size">S.</param>
    /// <param name="box">Of the displayed picture; null: all of it.</param>
    /// <param name="filter">What ffmpeg does to each frame first.</param>
    /// <param name="firstFrame">A file that gets the first frame as it is displayed, as PPM.</param>
    public static IReadOnlyList<byte[]> Frames(
        string path, int stream, int size, CropBox? box = null, string filter = "null", string? firstFrame = null)
    {
        var crop = box is { } b ? $"crop={b.Width}:{b.Height}:{b.X}:{b.Y}," : "";
        var frames = new List<byte[]>();
        string[] first = firstFrame is null
            ? []
            : ["-map", $"0:{stream}", PassthroughOption, "passthrough", "-frames:v", "1", "-f", "image2pipe", "-c:v", "ppm", firstFrame];
        using var process = FfmpegCommand.Start([
            "-nostdin", "-v", "quiet", "-threads", "1", "-filter_threads", "1", "-i", path, "-map", $"0:{stream}", PassthroughOption,
            "passthrough",
            // Colours are converted by this filter: after a change of size ffmpeg adds another, to which less of the chroma is left.
            "-vf", $"{filter},{crop}scale={size}:{size}:flags=bilinear+accurate_rnd+full_chroma_int,format=rgb24", "-f", "rawvideo", "-",
            .. first]);
        using var watchdog = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var killer = watchdog.Token.Register(() => process.Kill());
        var output = process.StandardOutput.BaseStream;
        while (true)
        {
            var frame = new byte[size * size * 3];
            var read = output.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false);
            if (read == 0) break;
            if (read < frame.Length) throw new InvalidDataException($"ffmpeg's output for {path} ends within a frame.");
            frames.Add(frame);
        }

        process.WaitForExit();
        if (watchdog.IsCancellationRequested) throw new TimeoutException($"ffmpeg did not finish {path}.");
        return frames;
    }

    /// <summary>Runs the ffmpeg program, for making clips; fails with its words if it fails.</summary>
    public static void Run(params string[] arguments) => FfmpegCommand.Run(arguments);

    /// <summary>Mean absolute difference of two pictures, in steps of 0 to 255.</summary>
    public static double Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.Equal(a.Length, b.Length);
        long sum = 0;
        for (var i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - b[i]);
        return (double)sum / a.Length;
    }
}
