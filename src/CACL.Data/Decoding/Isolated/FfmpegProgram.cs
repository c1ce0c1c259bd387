using System.Globalization;
using System.Text.RegularExpressions;
using CACL.Data.Catalog;
using CACL.Data.Processes;

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
        // An answer is kept, a failure is not.
        _decodable = new Lazy<HashSet<string>>(ListDecodable, LazyThreadSafetyMode.PublicationOnly);
        _encoders = new Lazy<HashSet<string>>(ListEncoders, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Path of ffmpeg.</summary>
    public string FfmpegPath { get; }

    /// <summary>Path of ffprobe.</summary>
    public string FfprobePath { get; }

    /// <summary>The version as the program reports it, such as 5.1.9-0+deb12u1.</summary>
    public string VersionText { get; }

    /// <summary>The option that passes every frame through unchanged; its name changed with ffmpeg 5.1.</summary>
    internal string PassthroughOption => IsBefore51(VersionText) ? "-vsync 0" : "-fps_mode passthrough";

    /// <summary>Finds the programs on the PATH and asks them for their version.</summary>
    /// <param name="program">The programs, if both are installed and can be run.</param>
    /// <param name="whyNot">Empty, or a sentence that says what is missing and how to install it.</param>
    public static bool TryFind(out FfmpegProgram? program, out string whyNot)
    {
        (program, whyNot) = Found.Value;
        return program is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"the program {FfmpegPath} {VersionText}";

    /// <summary>Returns the programs at these paths without running them; used by tests, which put other programs in their place.</summary>
    internal static FfmpegProgram At(string ffmpeg, string ffprobe, string version) => new(ffmpeg, ffprobe, version);

    /// <summary>Returns whether the installed ffmpeg decodes a codec.</summary>
    /// <exception cref="DecoderFaultException">It does not answer.</exception>
    internal bool Decodes(string codec) => _decodable.Value.Contains(codec);

    /// <summary>Returns whether the installed ffmpeg has an encoder, such as libx264.</summary>
    /// <exception cref="DecoderFaultException">It does not answer.</exception>
    internal bool HasEncoder(string name) => _encoders.Value.Contains(name);

    // Builds from a git checkout are named N-… or by date, and count as new.
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
        catch (DecoderFaultException error)
        {
            return (null, $"{error.Message} {Install}");
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
        try
        {
            string[] banner = option == "-version" ? [] : ["-hide_banner"]; // the banner is what is asked for
            var start = new ChildStartInfo(program, [.. banner, "-v", "error", option]) { Timeout = Patience };
            using var process = new ChildProcess(start, CancellationToken.None);
            var answer = process.Lines.ReadToEnd();
            // A truncated list would lack codecs.
            return process.WaitForExit() is { IsSuccess: false } end
                ? throw new ChildStartException($"{program} {option} {end.Description}")
                : answer;
        }
        catch (Exception error) when (error is ChildStartException or TimeoutException)
        {
            throw new DecoderFaultException(program, $"The program does not run: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    [GeneratedRegex(@"^n?(\d+)\.(\d+)")]
    private static partial Regex LeadingNumbers();
}
