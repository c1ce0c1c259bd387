using System.Globalization;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CACL.Data.Decoding.Isolated;

/// <summary>The installed ffmpeg and ffprobe programs, found once.</summary>
public sealed partial class FfmpegProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Lazy<(FfmpegProgram? Program, string WhyNot)> Found = new(Find);

    private readonly Lazy<HashSet<string>> _decodable;
    private readonly Lazy<HashSet<string>> _encoders;

    private FfmpegProgram(string ffmpeg, string ffprobe, string versionText)
    {
        (FfmpegPath, FfprobePath, VersionText) = (ffmpeg, ffprobe, versionText);
        _decodable = new Lazy<HashSet<string>>(ListDecodable);
        _encoders = new Lazy<HashSet<string>>(ListEncoders);
    }

    /// <summary>Path of ffmpeg.</summary>
    public string FfmpegPath { get; }

    /// <summary>Path of ffprobe.</summary>
    public string FfprobePath { get; }

    /// <summary>Version as the program names it, such as 5.1.9-0+deb12u1.</summary>
    public string VersionText { get; }

    /// <summary>The option that hands every frame on as it is; its name changed with ffmpeg 5.1.</summary>
    internal string PassthroughOption => IsBefore51(VersionText) ? "-vsync 0" : "-fps_mode passthrough";

    /// <summary>Finds the programs on the PATH and asks them for their version.</summary>
    /// <param name="program">The programs, if both are there and run.</param>
    /// <param name="whyNot">Empty, or a sentence that says what is missing and how to install it.</param>
    public static bool TryFind(out FfmpegProgram? program, out string whyNot)
    {
        (program, whyNot) = Found.Value;
        return program is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"the program {FfmpegPath} {VersionText}";

    /// <summary>Whether the installed ffmpeg decodes a codec.</summary>
    internal bool Decodes(string codec) => _decodable.Value.Contains(codec);

    /// <summary>Whether the installed ffmpeg has an encoder, such as libx264.</summary>
    internal bool HasEncoder(string name) => _encoders.Value.Contains(name);

    // Builds from a git checkout are named N-… or by date: new ones.
    internal static bool IsBefore51(string version)
    {
        var numbers = LeadingNumbers().Match(version);
        if (!numbers.Success) return false;
        var major = int.Parse(numbers.Groups[1].Value, CultureInfo.InvariantCulture);
        var minor = int.Parse(numbers.Groups[2].Value, CultureInfo.InvariantCulture);
        return major < 5 || (major == 5 && minor < 1);
    }

    private static (FfmpegProgram? Program, string WhyNot) Find()
    {
        const string Install = "Install it: apt-get install ffmpeg (Debian, Ubuntu), or put a build of it on the PATH.";
        var (ffmpeg, ffprobe) = (OnPath("ffmpeg"), OnPath("ffprobe"));
        if (ffmpeg is null || ffprobe is null)
            return (null, $"The program {(ffmpeg is null ? "ffmpeg" : "ffprobe")} is not installed. {Install}");
        try
        {
            // "ffmpeg version 5.1.9-0+deb12u1 Copyright …"
            var words = Ask(ffmpeg, "-version").Split(' ', 4);
            return words is ["ffmpeg", "version", var version, ..]
                ? (new FfmpegProgram(ffmpeg, ffprobe, version), "")
                : (null, $"The program {ffmpeg} does not say which version it is. {Install}");
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or IOException or InvalidOperationException or TimeoutException)
        {
            return (null, $"The program {ffmpeg} does not run: {error.Message} {Install}");
        }
    }

    private HashSet<string> ListDecodable()
    {
        // " DEV.LS h264     H.264 / AVC …": D in the first column means that it can be decoded.
        var lines = Ask(FfmpegPath, "-codecs").Split('\n');
        return [.. lines.Where(line => line.Length > 8 && line[1] == 'D' && line[7] == ' ').Select(line => line[8..].Split(' ')[0])];
    }

    private HashSet<string> ListEncoders()
    {
        // " V....D libx264              libx264 H.264 / AVC …": V in the first column means video.
        var lines = Ask(FfmpegPath, "-encoders").Split('\n');
        return [.. lines.Where(line => line.Length > 8 && line[1] == 'V' && line[7] == ' ').Select(line => line[8..].Split(' ')[0])];
    }

    private static string Ask(string program, string option)
    {
        var start = new ProcessStartInfo(program, ["-hide_banner", "-v", "error", option])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (option == "-version") start.ArgumentList.RemoveAt(0); // the banner is what is asked for
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        using var killer = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return limit.IsCancellationRequested ? throw new TimeoutException($"{program} {option} did not answer.") : answer;
    }

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    [GeneratedRegex(@"^n?(\d+)\.(\d+)")]
    private static partial Regex LeadingNumbers();
}
