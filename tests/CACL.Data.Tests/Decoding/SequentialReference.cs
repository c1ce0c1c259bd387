using CACL.Data.Sampling;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>
/// Provides the reference for decoders: the ffmpeg program decodes a stream from its start to its end, without dropping or repeating
/// frames, and scales every whole frame to one size.
/// </summary>
internal static class SequentialReference
{
    /// <summary>Name of the option whose value "passthrough" keeps ffmpeg from dropping or repeating frames.</summary>
    public static string PassthroughOption => FfmpegCommand.PassthroughOption;

    /// <summary>Skips the test if the ffmpeg program is not installed.</summary>
    public static void Require() => FfmpegCommand.Require();

    /// <summary>
    /// Returns all frames of a stream in presentation order, as ffmpeg displays them, or a box of each, scaled to S·S·3 bytes of RGB.
    /// </summary>
    /// <param name="path">The video.</param>
    /// <param name="stream">Index of the stream.</param>
    /// <param name="size">S.</param>
    /// <param name="box">Box of the displayed picture; null: all of it.</param>
    /// <param name="filter">Filter that ffmpeg applies to each frame first.</param>
    /// <param name="firstFrame">File that receives the first frame as it is displayed, as PPM.</param>
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
            // This filter converts the colours: otherwise ffmpeg adds another conversion after a change of size, which has less of the
            // chroma left.
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

    /// <summary>Runs the ffmpeg program to make clips; fails with its messages if it fails.</summary>
    public static void Run(params string[] arguments) => FfmpegCommand.Run(arguments);

    /// <summary>Returns the mean absolute difference of two pictures, in steps of 0 to 255.</summary>
    public static double Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.Equal(a.Length, b.Length);
        long sum = 0;
        for (var i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - b[i]);
        return (double)sum / a.Length;
    }
}
