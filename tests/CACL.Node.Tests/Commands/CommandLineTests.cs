using CACL.Node.Ending;
using CACL.Testing;

namespace CACL.Node.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Help_shows_the_verbs_and_examples()
    {
        var (status, output, error) = Cacl("--help");
        Assert.Equal((ExitCodes.Success, ""), (status, error));
        Assert.Contains("cacl [command]", output, StringComparison.Ordinal);
        foreach (var verb in new[] { "doctor", "videos", "train", "verify", "config" })
            Assert.Contains($"  {verb} ", output, StringComparison.Ordinal);
        Assert.Contains("cacl train --config hocon/demo.conf", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verbs_help_shows_its_own_examples()
    {
        var output = Cacl("train", "--help").Output;
        Assert.Contains("--init-from <FILE>", output, StringComparison.Ordinal);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_the_programs() => Assert.StartsWith("0.", Cacl("--version").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("Did you mean train? Try: cacl --help", "trian")]
    [InlineData("Did you mean --config? Try: cacl train --help", "train", "--confg", "a.conf")]
    [InlineData("Did you mean --run?", "train", "--config", "a.conf", "--rnu", "runs/one")]
    [InlineData("--config", "train")]
    [InlineData("exclude each other", "train", "--config", "a", "--resume", "--overwrite")]
    [InlineData("exclude each other", "train", "--config", "a", "--resume", "--init-from", "b")]
    [InlineData("Try: cacl videos --help", "videos")]
    [InlineData("expected auto, cpu, cuda or cuda:N", "verify", "--golden", "g", "--device", "tpu")]
    [InlineData("'x' for option '--step' as a whole number", "explain", "--run", "r", "--step", "x")]
    [InlineData("Required argument", "videos", "prepare", "clips")]
    [InlineData("'vp9' not recognized", "videos", "prepare", "clips", "out", "--codec", "vp9")]
    [InlineData("--quality: expected a whole number from 0 to 51.", "videos", "prepare", "clips", "out", "--quality", "52")]
    [InlineData("--quality: expected a whole number from 2 to 31", "videos", "prepare", "a", "b", "--codec", "mjpeg", "--quality", "1")]
    [InlineData("--short-side: expected an even number", "videos", "prepare", "clips", "out", "--short-side", "255")]
    public void A_wrong_command_line_is_told_in_a_line_or_two(string expected, params string[] arguments)
    {
        var (status, output, error) = Cacl(arguments);
        Assert.Equal((ExitCodes.Usage, ""), (status, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.InRange(error.Split('\n').Length, 2, 5);
    }

    [Fact]
    public void A_faulty_configuration_is_told_without_a_stack_trace_unless_asked_for()
    {
        File.WriteAllText(_folder.File("a.conf"), "cacl.data.crop-siz = 64");
        var (status, output, error) = Cacl("train", "--config", _folder.File("a.conf"));
        Assert.Equal((ExitCodes.Failure, ""), (status, output));
        Assert.Equal($"{_folder.File("a.conf")}:1: cacl.data.crop-siz is not a known key. Did you mean cacl.data.crop-size?\n", error);
        Assert.Contains("   at ", Cacl("train", "--config", _folder.File("a.conf"), "--trace").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_on_nothing_is_refused()
    {
        File.WriteAllText(_folder.File("a.conf"), "");
        Assert.Contains("cacl.data.videos is empty", Cacl("train", "--config", _folder.File("a.conf")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_cannot_be_scanned()
    {
        var (status, _, error) = Cacl("videos", "scan", _folder.File("none"), "--catalog", _folder.File("c.sqlite"));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains(_folder.File("none"), error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scan_without_usable_videos_fails_and_says_why()
    {
        Ffmpeg.RequireProgram(CACL.Data.Decoding.Isolated.FfmpegProgram.TryFind(out _, out var whyNot), whyNot);
        File.WriteAllBytes(_folder.File("empty.mp4"), []);
        var (status, output, error) = Cacl("videos", "scan", _folder.Path, "--catalog", _folder.File("c.sqlite"));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains("0 of 1 videos are usable", output, StringComparison.Ordinal);
        Assert.Contains("empty.mp4 is empty", output, StringComparison.Ordinal);
        Assert.Contains("No usable video was found", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Clips_are_made_once_and_can_be_scanned()
    {
        Ffmpeg.RequireProgram(CACL.Data.Decoding.Isolated.FfmpegProgram.TryFind(out _, out var whyNot), whyNot);
        Assert.Equal(ExitCodes.Success, Cacl("videos", "make", _folder.Path, "--count", "2", "--seed", "5").Status);
        var made = Directory.GetFiles(_folder.File("videos")).Select(f => (f, File.GetLastWriteTimeUtc(f))).Order().ToList();
        Assert.Equal(2, made.Count);
        Assert.Equal(ExitCodes.Success, Cacl("videos", "make", _folder.Path, "--count", "2", "--seed", "5").Status);
        Assert.Equal(made, Directory.GetFiles(_folder.File("videos")).Select(f => (f, File.GetLastWriteTimeUtc(f))).Order());
        var (status, output, _) = Cacl("videos", "scan", _folder.File("videos"), "--catalog", _folder.File("c.sqlite"));
        Assert.Equal(ExitCodes.Success, status);
        Assert.StartsWith("2 of 2 videos are usable", output, StringComparison.Ordinal);
        (status, output, _) = Cacl(
            "videos", "scan", _folder.File("videos"), "--catalog", _folder.File("c.sqlite"), "--set", "cacl.data.stride=100");
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains("2 have fewer than the 101 frames", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Clips_that_cannot_be_made_are_told()
    {
        File.WriteAllText(_folder.File("file"), "");
        var (status, _, error) = Cacl("videos", "make", _folder.File("file"), "--count", "1");
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains("cannot be made", error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, Cacl("videos", "make", _folder.Path, "--count", "0").Status);
        Assert.Equal(ExitCodes.Usage, Cacl("videos", "make", _folder.Path, "--count", "many").Status);
    }

    [Fact]
    public void A_scan_counts_used_and_expected_and_what_has_not_changed_since()
    {
        Ffmpeg.RequireProgram(CACL.Data.Decoding.Isolated.FfmpegProgram.TryFind(out _, out var whyNot), whyNot);
        Assert.Equal(ExitCodes.Success, Cacl("videos", "make", _folder.Path, "--count", "3", "--seed", "5").Status);
        File.WriteAllText(_folder.File("videos", "text.mp4"), "Nothing to see here.");
        string[] scan = ["videos", "scan", _folder.File("videos"), "--catalog", _folder.File("c.sqlite")];
        var (status, output, _) = Cacl(scan);
        Assert.Equal(ExitCodes.Success, status);
        Assert.StartsWith("3 of 4 videos are usable (4 read, 0 unchanged", output, StringComparison.Ordinal);
        Assert.Contains("text.mp4", output, StringComparison.Ordinal);
        Assert.StartsWith("3 of 4 videos are usable (0 read, 4 unchanged", Cacl(scan).Output, StringComparison.Ordinal);
    }

    private static (int Status, string Output, string Error) Cacl(params string[] arguments) =>
        CommandLine.Run(arguments);
}
