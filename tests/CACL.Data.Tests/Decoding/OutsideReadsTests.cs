using System.Diagnostics;
using CACL.Data.Decoding.Selection;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Data.Tests.Decoding.Workers;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>
/// Tests by the system calls that no decoder opens anything but the file that it was given, and never the network, whatever a file says.
/// </summary>
public sealed class OutsideReadsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Outside => _folder.File("outside");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DecoderKind.InProcess)]
    [InlineData(DecoderKind.Worker)]
    [InlineData(DecoderKind.Isolated)]
    public void A_file_that_names_others_or_the_network_makes_no_decoder_open_them(DecoderKind kind)
    {
        if (kind == DecoderKind.Isolated) LongTests.Only("Three ffmpeg processes a file, each watched");
        _ = kind == DecoderKind.Isolated ? (object)InstalledProgram.Ffmpeg : InstalledFfmpeg.Libraries;
        var clip = SmallClips.BFrames(_folder.File("clip.mp4"));
        var files = HostileVideos.Write(_folder.File("videos"), Outside, File.ReadAllBytes(clip));
        var program = TestWorker.Program;
        string[] command =
            [program.FileName, .. program.Arguments.SkipLast(1), TestWorker.Reader, kind.ToString(), _folder.File("videos"), clip];
        var (exit, output, log) = Watched(command);
        Assert.True(exit == 0, output);
        var words = output.Trim().Split('\n')[^1].Split(' ');
        int[] counts = [.. words.Select(word => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture))];
        var read = files.Count(file => !Path.GetFileName(file).StartsWith(HostileVideos.Neighbour, StringComparison.Ordinal));
        Assert.Equal(2 * read, counts.Sum());
        Assert.True(counts[0] >= 20 && counts[1] >= 60, output); // the sound ones with odd names, and all others
        Assert.Empty(HostileVideos.Trespasses(log, Outside));
        Each.Holds(files.Where(file => file.EndsWith("playlist-0.mp4", StringComparison.Ordinal)), file =>
            Assert.Contains(File.ReadLines(log), line => line.Contains(file, StringComparison.Ordinal))); // they were opened themselves
    }

    [Fact]
    public void A_file_that_names_others_or_the_network_makes_no_preparation_open_them()
    {
        LongTests.Only("Two processes for each hostile file, each watched");
        _ = InstalledProgram.Ffmpeg;
        var clip = SmallClips.BFrames(_folder.File("clip.mp4"));
        var files = HostileVideos.Write(_folder.File("videos"), Outside, File.ReadAllBytes(clip));
        var (program, made) = (TestWorker.Program, _folder.File("made.mp4"));
        var (exit, output, log) = Watched(
            [program.FileName, .. program.Arguments.SkipLast(1), TestWorker.Preparer, _folder.File("videos"), clip, made]);
        Assert.True(exit == 0, output);
        int[] counts = [.. output.Trim().Split('\n')[^1].Split(' ').Select(int.Parse)];
        var encoded = files.Count(file => !Path.GetFileName(file).StartsWith(HostileVideos.Neighbour, StringComparison.Ordinal));
        Assert.Equal(encoded, counts.Sum());
        Assert.True(counts[0] >= 5 && counts[1] >= 20, output); // the sound ones with odd names, and others
        Assert.Empty(HostileVideos.Trespasses(log, Outside));
        Each.Holds(files.Where(file => file.EndsWith("playlist-0.mp4", StringComparison.Ordinal)), file =>
            Assert.Contains(File.ReadLines(log), line => line.Contains(file, StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_watched_shows_an_ffmpeg_that_follows_such_a_file()
    {
        var clip = SmallClips.BFrames(_folder.File("clip.mp4"));
        HostileVideos.Write(_folder.File("videos"), Outside, File.ReadAllBytes(clip));
        var ffmpeg = InstalledProgram.Ffmpeg.FfmpegPath;
        string[] loose = ["-v", "quiet", "-protocol_whitelist", "file,http,tcp,crypto,data", "-safe", "0"];
        foreach (var (name, what) in ((string, string)[])[("script-0.mkv", "secret"), ("script-3.mkv", "AF_INET")])
        {
            var (_, _, log) = Watched([ffmpeg, "-nostdin", .. loose, "-i", _folder.File("videos", name), "-f", "null", "-"]);
            Assert.Contains(HostileVideos.Trespasses(log, Outside), line => line.Contains(what, StringComparison.Ordinal));
        }
    }

    private (int Exit, string Output, string Log) Watched(string[] command)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace, which records system calls, is not installed (apt-get install strace).");
        var log = _folder.File($"calls-{Guid.NewGuid():n}");
        string[] watch = ["-f", "--seccomp-bpf", "-qq", "-s", "400", "-o", log, "-e", "trace=open,openat,openat2,socket,connect"];
        var start = new ProcessStartInfo("/usr/bin/strace", [.. watch, .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.File("videos"),
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(10)));
        return (process.ExitCode, errors.Result + output.Result, log);
    }
}
