using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>
/// Tests what happens to an intact video when ffmpeg or ffprobe is killed while it reads it: real programs, really killed.
/// </summary>
public sealed class KilledChildTests : IDisposable
{
    private const int Frames = 75;
    private const int Size = 32;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("frame=key_frame", "head -n 30")] // counts by decoding, and has counted 30
    [InlineData("packet=stream_index", "head -n 30")] // lists packets
    [InlineData("packet=stream_index", "true")] // has just started
    public void A_scan_asks_again_where_ffprobe_was_killed_and_counts_all_frames(string when, string after)
    {
        var program = KilledFfmpeg.Program(_folder, "ffprobe", when, after, times: 1);
        var report = Scan(program, out var catalog);
        using (catalog) Assert.Equal((1, Frames), (report.Usable, Assert.Single(catalog.LoadUsable(1)).Frames));
        Assert.Single(Directory.GetFiles(_folder.File("killed"), "kill-*"));
    }

    [Theory]
    [InlineData("KILL", "signal 9 (SIGKILL)")]
    [InlineData("SEGV", "signal 11 (SIGSEGV)")]
    public void Where_it_is_killed_every_time_the_decoder_is_named_and_the_next_scan_asks_again(string signal, string words)
    {
        var report = Scan(KilledFfmpeg.Program(_folder, "ffprobe", "frame=key_frame", "head -n 30", signal: signal), out var catalog);
        using (catalog)
        {
            var message = Assert.Single(report.Unusable[UnusableReason.Decoder].Examples).Message;
            Assert.Contains($"ffprobe was killed by {words}", message, StringComparison.Ordinal);
            Assert.Contains("a.avi", message, StringComparison.Ordinal);
        }

        report = Scan(InstalledProgram.Ffmpeg, out catalog);
        using (catalog) Assert.Equal((1, 1, Frames), (report.Read, report.Usable, Assert.Single(catalog.LoadUsable(1)).Frames));
    }

    [Fact]
    public void Codecs_that_ffmpeg_was_killed_over_listing_are_not_taken_to_be_unknown()
    {
        var report = Scan(KilledFfmpeg.Program(_folder, "ffmpeg", "-codecs", "head -n 3", times: 1), out var catalog);
        using (catalog) Assert.Equal(1, report.Usable);
    }

    [Fact]
    public void A_pair_over_which_ffmpeg_was_killed_twice_is_the_decoders_fault_and_sound_when_it_is_asked_for_again()
    {
        using var prober = new IsolatedProber(InstalledProgram.Ffmpeg);
        var record = prober.Probe(SmallClips.BFrames(_folder.File("clip.mp4")), ExactnessCheck.Patience, Cancel);
        var plan = CropPlan.Whole(record, 30, 8);
        var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
        using var decoder = new IsolatedPairDecoder(KilledFfmpeg.Program(_folder, "ffmpeg", "rawvideo", "head -c 100", times: 2));
        for (var i = 0; i < 2; i++)
        {
            var fault = Assert.Throws<DecoderFaultException>(
                () => decoder.Decode(record, plan, Size, ExactnessCheck.Patience, first, second, Cancel));
            Assert.Contains("ffmpeg was killed by signal 9 (SIGKILL)", fault.Message, StringComparison.Ordinal);
            Assert.Contains(record.Path, fault.Message, StringComparison.Ordinal);
        }

        decoder.Decode(record, plan, Size, ExactnessCheck.Patience, first, second, Cancel);
        using var undisturbed = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        var (expected, _) = (new byte[first.Length], 0);
        undisturbed.Decode(record, plan, Size, ExactnessCheck.Patience, expected, new byte[first.Length], Cancel);
        Assert.Equal(expected, first);
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("echo 'a.mp4: Invalid data found when processing input' >&2; exit 1", 1)]
    [InlineData("exit 183", 183)] // AVERROR_INVALIDDATA of ffmpeg since 6.1
    [InlineData("exit 69", 69)] // more errors than it tolerates
    public void What_ffmpeg_says_of_a_file_is_its_exit_code(string script, int exitCode)
    {
        using var run = Shell(script);
        Assert.Equal(exitCode, run.WaitForExit());
    }

    [Theory]
    [InlineData("kill -TERM $$", "sh was killed by signal 15 (SIGTERM)")]
    [InlineData("exit 255", "ended by a signal (exit code 255)")] // ffmpeg catches SIGTERM
    [InlineData("exit 244", "ended with exit code 244")] // AVERROR(ENOMEM) of ffmpeg since 6.1
    [InlineData("exit 127", "could not be started with exit code 127")]
    [InlineData("echo 'error while loading shared libraries: libx.so: cannot open' >&2; exit 127", "error while loading shared libraries")]
    [InlineData("echo '[h264] get_buffer(): Cannot allocate memory' >&2; seq 99 >&2; exit 0", "Cannot allocate memory")]
    [InlineData("printf '/v/a.mp4: Too many open files' >&2; exit 1", "Too many open files")]
    public void What_the_machine_lacks_is_no_word_on_the_file(string script, string words)
    {
        using var run = Shell(script);
        var fault = Assert.Throws<DecoderFaultException>(() => run.WaitForExit());
        Assert.Contains("Reading /v/a.mp4 failed through no fault of its own", fault.Message, StringComparison.Ordinal);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_named_like_a_complaint_is_judged_like_any_other()
    {
        const string name = "/v/Cannot allocate memory.mp4";
        using var run = new FfmpegProcess("/bin/sh", $"-c \"echo '{name}: Invalid data' >&2; exit 1\"", name, ExactnessCheck.Patience, Cancel);
        Assert.Equal(1, run.WaitForExit());
    }

    [Fact]
    public void A_machine_without_memory_says_nothing_of_a_video()
    {
        var clip = SmallClips.Avi(_folder.File("clip.avi"));
        var script = _folder.File("ffprobe");
        SpecialFiles.Script(script, $"ulimit -v 20000\nexec {InstalledProgram.Ffmpeg.FfprobePath} \"$@\"");
        using var prober = new IsolatedProber(FfmpegProgram.At(InstalledProgram.Ffmpeg.FfmpegPath, script, "5.1"));
        Assert.Throws<DecoderFaultException>(() => prober.Probe(clip, ExactnessCheck.Patience, Cancel));
    }

    private static FfmpegProcess Shell(string script) => new("/bin/sh", $"-c \"{script}\"", "/v/a.mp4", ExactnessCheck.Patience, Cancel);

    private ScanReport Scan(FfmpegProgram program, out VideoCatalog catalog)
    {
        Directory.CreateDirectory(_folder.File("videos"));
        if (!File.Exists(_folder.File("videos", "a.avi"))) SmallClips.Avi(_folder.File("videos", "a.avi"));
        catalog = VideoCatalog.Open(_folder.File("catalog.sqlite"));
        return new VideoScanner(catalog, () => new IsolatedProber(program)).Scan([_folder.File("videos")], cancel: Cancel);
    }
}
