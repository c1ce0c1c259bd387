using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Decoding.Selection;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

public sealed class IsolatedPairDecoderTests : IDisposable
{
    private const int Size = 48;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _first = new byte[Size * Size * 3];
    private readonly byte[] _second = new byte[Size * Size * 3];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rotation_90.mp4", 10, 21, 50, 111)]
    [InlineData("rotation_180.mp4", 7, 15, 101, 80)]
    [InlineData("rotation_270.mp4", 29, 3, 60, 107)]
    [InlineData("odd.webm", 51, 17, 100, 91)]
    [InlineData("odd_444.mp4", 51, 15, 101, 90)]
    [InlineData("full_range.mp4", 10, 26, 100, 80)]
    [InlineData("bt709.mp4", 11, 27, 101, 81)]
    [InlineData("variable_rate.mp4", 11, 27, 101, 81)]
    [InlineData("start_5s.mp4", 0, 0, 160, 120)]
    public void A_crop_is_the_in_process_decoders_to_the_byte(string name, int x, int y, int width, int height)
    {
        var path = MadeVideos.Path(name);
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        using var inProcess = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        var record = prober.Probe(path, ExactnessCheck.Patience, Cancel);
        var plan = CropPlan.Of(record.Frames.Count - 12, 8, new CropBox(x, y, width, height));
        var (first, second) = (new byte[_first.Length], new byte[_first.Length]);
        inProcess.Decode(record, plan, Size, ExactnessCheck.Patience, first, second, Cancel);
        Decode(record, plan);
        Assert.Equal(0, SequentialReference.Difference(first, _first));
        Assert.Equal(0, SequentialReference.Difference(second, _second));
    }

    [Fact]
    public void A_clip_with_key_frames_is_entered_by_a_seek()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        using var decoder = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        Assert.Empty(ExactnessCheck.Faults(decoder, record, 8, most: 6));
        Assert.Equal(0, decoder.CountedFromStart);
    }

    [Theory]
    [InlineData("open-gop.mkv")]
    [InlineData("intra-refresh.mkv")]
    [InlineData("hevc-open-gop.mp4")]
    [InlineData("variable-rate.mp4")]
    public void Made_clips_give_the_frames_of_a_sequential_decode(string name)
    {
        var path = _folder.File(name);
        _ = name.Split('.')[0] switch
        {
            "open-gop" => SmallClips.OpenGop(path),
            "intra-refresh" => SmallClips.IntraRefresh(path),
            "hevc-open-gop" => SmallClips.HevcOpenGop(path),
            _ => SmallClips.VariableRate(path),
        };
        using var decoder = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        Assert.Empty(ExactnessCheck.Faults(decoder, Probe(path), 8, most: LongTests.Wanted ? 6 : 2));
    }

    [Fact]
    public void A_clip_without_times_is_counted_from_its_start()
    {
        var record = Probe(SmallClips.Avi(_folder.File("clip.avi")));
        record = record with { Frames = record.Frames with { Seekable = false } };
        using var decoder = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        Assert.Empty(ExactnessCheck.Faults(decoder, record, 8, most: 3));
        Assert.Equal(3, decoder.CountedFromStart);
    }

    [Theory]
    [InlineData("-y.mp4")]
    [InlineData("a b  c.mp4")]
    [InlineData("quote\"'`$(x).mp4")]
    [InlineData("back\\slash\\\".mp4")]
    [InlineData("new\nline.mp4")]
    [InlineData("日本 ü.mp4")]
    [InlineData("http:%03d,[0:1];x=y.mp4")]
    public void A_file_of_any_name_is_opened(string name)
    {
        var path = _folder.File(name);
        File.Move(SmallClips.BFrames(_folder.File("plain.mp4")), path);
        var record = Probe(path);
        Assert.Equal(75, record.Frames.Count);
        Decode(record, CropPlan.Whole(record, 30, 8));
        Assert.Contains(_first, value => value != 0);
    }

    [Fact]
    public void Stride_0_gives_the_same_crop_twice()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        Decode(record, CropPlan.Whole(record, 33, 0));
        Assert.Equal(_first, _second);
        Assert.Contains(_first, value => value != 0);
    }

    [Theory]
    [InlineData("a still.png")]
    [InlineData("frame%03d.jpg")]
    public void A_still_is_a_video_of_one_frame(string name)
    {
        File.Move(SmallClips.Still(_folder.File("x" + Path.GetExtension(name))), _folder.File(name));
        var record = Probe(_folder.File(name));
        Assert.Equal((160, 120, 1), (record.Width, record.Height, record.Frames.Count));
        Decode(record, CropPlan.Whole(record, 0, 0));
        Assert.Equal(_first, _second);
        Assert.Contains(_first, value => value != 0);
    }

    [Fact]
    public void A_deadline_of_nothing_is_a_fault_of_the_deadline()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        var fault = Assert.Throws<VideoUnusableException>(() => Decode(record, CropPlan.Whole(record, 3, 8), TimeSpan.Zero));
        Assert.Equal(UnusableReason.Deadline, fault.Reason);
        using var prober = new IsolatedProber(InstalledProgram.Ffmpeg);
        Assert.Equal(
            UnusableReason.Deadline, Assert.Throws<VideoUnusableException>(() => prober.Probe(record.Path, TimeSpan.Zero, Cancel)).Reason);
    }

    [Fact]
    public void A_cancelled_request_is_given_up()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        using var decoder = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        Assert.Throws<OperationCanceledException>(
            () => decoder.Decode(
                record, CropPlan.Whole(record, 3, 8), Size, ExactnessCheck.Patience, _first, _second,
                new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Frames_past_the_end_and_files_that_are_cut_or_gone_are_refused_by_name()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mkv")));
        Assert.Equal(UnusableReason.TooShort, Refusal(record, record.Frames.Count - 8));
        using (var file = File.OpenWrite(record.Path)) file.SetLength(file.Length / 2);
        Assert.Equal(UnusableReason.Corrupt, Refusal(record, record.Frames.Count - 9));
        File.Delete(record.Path);
        Assert.Equal(UnusableReason.Unreadable, Refusal(record, 3));
    }

    [Theory]
    [InlineData(DecoderKind.Auto)]
    [InlineData(DecoderKind.InProcess)]
    [InlineData(DecoderKind.Isolated)]
    public void Either_kind_can_be_chosen_and_says_what_it_is(DecoderKind kind)
    {
        _ = (InstalledProgram.Ffmpeg, InstalledFfmpeg.Libraries);
        var chosen = PairDecoders.Create(kind);
        Assert.Equal(kind == DecoderKind.Isolated ? DecoderKind.Isolated : DecoderKind.InProcess, chosen.Kind);
        Assert.Matches(@"^Videos are decoded .*\d+\.\d+.*\.$", chosen.Why);
        using var prober = chosen.CreateProber();
        using var decoder = chosen.CreateDecoder();
        var record = prober.Probe(SmallClips.BFrames(_folder.File("clip.mp4")), ExactnessCheck.Patience, Cancel);
        decoder.Decode(record, CropPlan.Whole(record, 3, 8), Size, ExactnessCheck.Patience, _first, _second, Cancel);
        Assert.NotEqual(_first, _second);
    }

    [Theory]
    [InlineData("4.4.2-0ubuntu0.22.04.1", true)]
    [InlineData("5.0.1", true)]
    [InlineData("n5.0", true)]
    [InlineData("5.1.9-0+deb12u1", false)]
    [InlineData("7.1.1-1+b1", false)]
    [InlineData("N-109468-gd39b34123d", false)]
    [InlineData("2024-01-01-git-0000", false)]
    public void The_name_of_the_frame_rate_option_follows_the_version(string version, bool old) =>
        Assert.Equal(old, FfmpegProgram.IsBefore51(version));

    private UnusableReason Refusal(VideoRecord record, int frame)
    {
        var fault = Assert.Throws<VideoUnusableException>(() => Decode(record, CropPlan.Whole(record, frame, 8)));
        Assert.Contains(record.Path, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
        return fault.Reason;
    }

    private static VideoRecord Probe(string path)
    {
        using var prober = new IsolatedProber(InstalledProgram.Ffmpeg);
        return prober.Probe(path, ExactnessCheck.Patience, Cancel);
    }

    private void Decode(VideoRecord record, SamplePlan plan, TimeSpan? deadline = null)
    {
        using var decoder = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        decoder.Decode(record, plan, Size, deadline ?? ExactnessCheck.Patience, _first, _second, Cancel);
    }
}
