using System.Diagnostics;
using CACL.Data.Decoding.Isolated;

namespace CACL.Testing;

/// <summary>Runs the installed ffmpeg program, which makes the tests' videos and is the reference for decoders.</summary>
internal static class FfmpegCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private static readonly Lazy<HashSet<string>> Encoders = new(ListEncoders);

    // On two cores, more processes at once make as many videos a minute, each of them later.
    private static readonly SemaphoreSlim Places = new(2);

    /// <summary>
    /// Name of the option whose value "passthrough" keeps ffmpeg from dropping or repeating frames: -fps_mode from ffmpeg 5.1 on, -vsync
    /// before.
    /// </summary>
    public static string PassthroughOption =>
        Program.VersionText.StartsWith('4') || Program.VersionText.StartsWith("5.0", StringComparison.Ordinal) ? "-vsync" : "-fps_mode";

    private static FfmpegProgram Program
    {
        get
        {
            Require();
            FfmpegProgram.TryFind(out var program, out _);
            return program!;
        }
    }

    /// <summary>Skips the test if ffmpeg is not installed, or lacks one of these encoders.</summary>
    public static void Require(params string[] encoders)
    {
        Assert.SkipUnless(FfmpegProgram.TryFind(out _, out var whyNot), whyNot);
        if (Array.Find(encoders, encoder => !Encoders.Value.Contains(encoder)) is { } lacking)
            Assert.Skip($"This ffmpeg has no encoder {lacking}; the ffmpeg of Debian and Ubuntu has.");
    }

    /// <summary>Runs ffmpeg to its end, at most two at a time; fails with its messages if it fails.</summary>
    public static void Run(params string[] arguments)
    {
        Places.Wait();
        try
        {
            using var process = Start(["-nostdin", "-v", "error", "-y", .. arguments], errors: true);
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(Deadline)) process.Kill();
            process.WaitForExit();
            if (process.ExitCode == 0) return;
            var words = errors.Result + output.Result;
            throw new InvalidOperationException($"ffmpeg {string.Join(' ', arguments)} ended with exit code {process.ExitCode}: {words}");
        }
        finally
        {
            Places.Release();
        }
    }

    /// <summary>Starts ffmpeg with its output redirected, and optionally its messages.</summary>
    public static Process Start(string[] arguments, bool errors = false)
    {
        var start = new ProcessStartInfo(Program.FfmpegPath, arguments) { RedirectStandardOutput = true, RedirectStandardError = errors };
        return Process.Start(start)!;
    }

    private static HashSet<string> ListEncoders()
    {
        // " V....D libx264              libx264 H.264 / AVC …"
        using var process = Start(["-hide_banner", "-v", "error", "-encoders"]);
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return [.. lines.Where(line => line.Length > 8 && line[7] == ' ').Select(line => line[8..].Split(' ')[0])];
    }
}
