using System.Diagnostics;
using CACL.Data.Sampling;

namespace CACL.Data.Tests.Decoding;

/// <summary>
/// The truth that decoders are held to: the ffmpeg program decodes a stream from its start to its end, without dropping or repeating
/// frames, and every frame comes whole, scaled to one size.
/// </summary>
internal static class SequentialReference
{
    private static readonly Lazy<string?> Program = new(FindProgram);

    private static readonly Lazy<string> Passthrough = new(FindPassthrough);

    /// <summary>The option that is to be "passthrough" so that no frame is dropped or repeated: -fps_mode from ffmpeg 5.1 on, -vsync before.</summary>
    public static string PassthroughOption => Passthrough.Value;

    /// <summary>Skips the test where the ffmpeg program is not installed.</summary>
    public static void Require() => Assert.SkipWhen(Program.Value is null, "The ffmpeg program is not installed.");

    /// <summary>
    /// All frames of a stream in presentation order, as ffmpeg displays them, or a box of each, scaled to S·S·3 bytes of RGB; first
    /// filtered by ffmpeg where that is asked for.
    /// </summary>
    public static IReadOnlyList<byte[]> Frames(string path, int stream, int size, CropBox? box = null, string filter = "null")
    {
        var crop = box is { } b ? $"crop={b.Width}:{b.Height}:{b.X}:{b.Y}," : "";
        var frames = new List<byte[]>();
        using var process = Start(
            "-nostdin", "-v", "quiet", "-threads", "1", "-filter_threads", "1", "-i", path, "-map", $"0:{stream}",
            PassthroughOption, "passthrough", "-vf", $"{filter},{crop}scale={size}:{size}:flags=bilinear+accurate_rnd+full_chroma_int",
            "-pix_fmt", "rgb24", "-f", "rawvideo", "-");
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
    public static void Run(params string[] arguments)
    {
        using var process = Start(["-nostdin", "-v", "error", "-y", .. arguments]);
        process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(1))) process.Kill();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"ffmpeg {string.Join(' ', arguments)} ended with exit code {process.ExitCode}.");
    }

    /// <summary>Mean absolute difference of two pictures, in steps of 0 to 255.</summary>
    public static double Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.Equal(a.Length, b.Length);
        long sum = 0;
        for (var i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - b[i]);
        return (double)sum / a.Length;
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Program.Value!, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;

    private static string FindPassthrough()
    {
        using var process = Start("-version");
        var words = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        return words.Length > 2 && words[2].StartsWith('4') ? "-vsync" : "-fps_mode";
    }

    private static string? FindProgram() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "ffmpeg")).FirstOrDefault(File.Exists);
}
