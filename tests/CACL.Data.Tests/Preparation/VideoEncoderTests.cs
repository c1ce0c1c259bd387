using System.Diagnostics;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Decoding.Selection;
using CACL.Data.Preparation;
using CACL.Data.Tests.Decoding;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Preparation;

/// <summary>Tests what becomes of an ffmpeg that hangs, fails or is killed while it makes a file, and what it may open.</summary>
public sealed class VideoEncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_that_hangs_is_ended_at_its_deadline_and_the_video_is_named()
    {
        var fault = Assert.Throws<VideoUnusableException>(() => Encode("echo $$ > $0.id; exec sleep 1000", TimeSpan.FromSeconds(1)));
        Assert.Equal((MadeVideos.Path("plain.mp4"), UnusableReason.Deadline), (fault.Path, fault.Reason));
        // On a busy machine it may not even have come to tell who it is.
        if (!File.Exists(_folder.File("ffmpeg.id")) || File.ReadAllText(_folder.File("ffmpeg.id")) is not { Length: > 0 } text) return;
        var id = int.Parse(text);
        Eventually.Holds(() => !IsAlive(id));
    }

    [Fact]
    public void One_that_fails_says_why()
    {
        var fault = Assert.Throws<VideoUnusableException>(() => Encode("echo 'Something is odd.' >&2; exit 1"));
        Assert.Equal(UnusableReason.Corrupt, fault.Reason);
        Assert.EndsWith(
            "cannot be prepared: ffmpeg ended with exit code 1. ffmpeg says: Something is odd.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_not_the_videos_fault() => Assert.Contains(
        $"The disk of {_folder.Path} is full",
        Assert.Throws<PreparationException>(() => Encode("echo 'av_write_frame(): No space left on device' >&2; exit 1")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Nor_is_that_somebody_killed_it() => Assert.Contains(
        "was killed by signal 9", Assert.Throws<DecoderFaultException>(() => Encode("kill -9 $$")).Message, StringComparison.Ordinal);

    [Fact]
    public void It_opens_nothing_but_the_source_and_that_in_none_but_the_allowed_formats()
    {
        Assert.Throws<VideoUnusableException>(() => Encode("echo \"$@\" > $0.arguments; exit 1"));
        var arguments = File.ReadAllText(_folder.File("ffmpeg.arguments"));
        Assert.Contains(
            "-protocol_whitelist file -format_whitelist mov,mp4,", arguments.Split(" -i ")[0], StringComparison.Ordinal);
        Assert.Equal($"file:{MadeVideos.Path("plain.mp4")} ", arguments.Split(" -i ")[1].Split(" -")[0] + " ");
        Assert.Equal(2, arguments.Split(" -i ").Length);
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private void Encode(string script, TimeSpan? deadline = null)
    {
        var real = InstalledProgram.Ffmpeg;
        SpecialFiles.Script(_folder.File("ffmpeg"), script);
        var program = FfmpegProgram.At(_folder.File("ffmpeg"), real.FfprobePath, real.VersionText);
        var asked = 0;
        // The first to be asked for is that of the real ffprobe.
        var encoder = new VideoEncoder(program, new PreparationFormat())
        {
            DeadlineOf = _ => asked++ == 0 ? ExactnessCheck.Patience : deadline ?? ExactnessCheck.Patience,
        };
        encoder.Encode(
            InstalledDecoders.Probe(DecoderKind.Isolated, "plain.mp4"), _folder.File("target.mp4"), most: null,
            TestContext.Current.CancellationToken);
    }
}
