using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Sampling;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.InProcess;

public sealed class InProcessPairDecoderTests : IDisposable
{
    private const int Size = 48;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _first = new byte[Size * Size * 3];
    private readonly byte[] _second = new byte[Size * Size * 3];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("b-frames.mp4")]
    [InlineData("open-gop.mp4")]
    [InlineData("open-gop.mkv")]
    [InlineData("intra-refresh.mkv")]
    [InlineData("hevc-open-gop.mp4")]
    [InlineData("variable-rate.mp4")]
    [InlineData("times-missing.avi")]
    public void Made_clips_give_the_frames_of_a_sequential_decode(string name)
    {
        var path = _folder.File(name);
        _ = name.Split('.')[0] switch
        {
            "b-frames" => SmallClips.BFrames(path),
            "open-gop" => SmallClips.OpenGop(path),
            "intra-refresh" => SmallClips.IntraRefresh(path),
            "hevc-open-gop" => SmallClips.HevcOpenGop(path),
            "variable-rate" => SmallClips.VariableRate(path),
            _ => SmallClips.Avi(path),
        };
        using var decoder = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        Assert.Empty(ExactnessCheck.Faults(decoder, Probe(path), 8));
    }

    [Theory]
    [InlineData("rotation_90.mp4", 10, 20, 50, 110)]
    [InlineData("rotation_180.mp4", 6, 14, 100, 80)]
    [InlineData("rotation_270.mp4", 30, 0, 60, 106)]
    [InlineData("odd.webm", 50, 20, 100, 90)]
    [InlineData("odd_444.mp4", 51, 15, 101, 90)]
    [InlineData("h264_10_bit.mp4", 10, 26, 100, 80)]
    [InlineData("animated.gif", 21, 13, 101, 51)]
    [InlineData("full_range.mp4", 10, 26, 100, 80)]
    public void A_crop_is_cut_from_the_displayed_picture(string name, int x, int y, int width, int height)
    {
        var path = MadeVideos.Path(name);
        var box = new CropBox(x, y, width, height);
        var reference = SequentialReference.Frames(path, 0, Size, box);
        Decode(Probe(path), 5, 8, box);
        Assert.InRange(SequentialReference.Difference(_first, reference[5]), 0, 3);
        Assert.InRange(SequentialReference.Difference(_second, reference[13]), 0, 3);
    }

    [Fact]
    public void The_same_picture_tagged_and_stored_by_two_matrices_has_the_same_colours()
    {
        var (bt601, bt709) = (MadeVideos.Path("bt601.mp4"), MadeVideos.Path("bt709.mp4"));
        Decode(Probe(bt601), 3, 8);
        var other = (byte[])_first.Clone();
        Decode(Probe(bt709), 3, 8);
        Assert.InRange(SequentialReference.Difference(_first, other), 0, 2);
    }

    [Theory]
    [InlineData("yuv420p")]
    [InlineData("yuvj420p")]
    [InlineData("yuv444p")]
    public void Limited_and_full_range_give_the_colour_that_was_put_in(string pixelFormat)
    {
        var record = Probe(SmallClips.Flat(_folder.File("flat.mp4"), "0x4080C0", pixelFormat));
        Decode(record, 0, 4);
        Assert.InRange(_first[0], 0x40 - 4, 0x40 + 4);
        Assert.InRange(_first[1], 0x80 - 4, 0x80 + 4);
        Assert.InRange(_first[2], 0xC0 - 4, 0xC0 + 4);
    }

    [Fact]
    public void Stride_0_gives_the_same_crop_twice()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        Decode(record, 33, 0);
        Assert.Equal(_first, _second);
        Assert.Contains(_first, value => value != 0);
    }

    [Theory]
    [InlineData("a still.png")]
    [InlineData("frame%03d.jpg")]
    public void A_still_is_a_video_of_one_frame(string name)
    {
        var record = Probe(SmallClips.Still(_folder.File("x" + Path.GetExtension(name))));
        File.Move(record.Path, _folder.File(name));
        record = Probe(_folder.File(name));
        Assert.Equal((160, 120, 1), (record.Width, record.Height, record.Frames.Count));
        Decode(record, 0, 0);
        Assert.Equal(_first, _second);
        Assert.InRange(SequentialReference.Difference(
            _first, SequentialReference.Frames("file:" + SmallClips.Still(_folder.File("y.png")), 0, Size)[0]), 0, 4);
    }

    [Fact]
    public void Several_decoders_at_once_give_the_same_bytes_as_one()
    {
        var libraries = InstalledFfmpeg.Libraries;
        var record = Probe(SmallClips.OpenGop(_folder.File("clip.mp4")));
        var plans = Enumerable.Range(0, 60).Select(n => CropPlan.Whole(record, n, 8)).ToArray();
        var alone = plans.Select(plan => Serve(libraries, record, plan)).ToArray();
        var together = new byte[plans.Length][];
        Parallel.For(
            0, plans.Length, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancel },
            i => together[i] = Serve(libraries, record, plans[i]));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void A_deadline_of_nothing_is_a_fault_of_the_deadline()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        var fault = Assert.Throws<VideoUnusableException>(() => Decode(record, 3, 8, deadline: TimeSpan.Zero));
        Assert.Equal(UnusableReason.Deadline, fault.Reason);
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        Assert.Equal(
            UnusableReason.Deadline, Assert.Throws<VideoUnusableException>(() => prober.Probe(record.Path, TimeSpan.Zero, Cancel)).Reason);
    }

    [Fact]
    public void A_cancelled_request_is_given_up()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        using var decoder = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        Assert.Throws<OperationCanceledException>(
            () => decoder.Decode(
                record, CropPlan.Whole(record, 3, 8), Size, ExactnessCheck.Patience, _first, _second,
                new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Frames_past_the_end_are_refused_as_too_short()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        var fault = Assert.Throws<VideoUnusableException>(() => Decode(record, record.Frames.Count - 8, 8));
        Assert.Equal(UnusableReason.TooShort, fault.Reason);
        Decode(record, record.Frames.Count - 9, 8);
    }

    [Fact]
    public void A_file_that_vanished_or_changed_since_the_scan_says_so()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        SmallClips.Avi(_folder.File("other.avi"));
        File.Move(_folder.File("other.avi"), record.Path, overwrite: true);
        Assert.Equal(UnusableReason.Changed, Assert.Throws<VideoUnusableException>(() => Decode(record, 3, 8)).Reason);
        File.Delete(record.Path);
        var fault = Assert.Throws<VideoUnusableException>(() => Decode(record, 3, 8));
        Assert.Equal(UnusableReason.Unreadable, fault.Reason);
        Assert.Contains(record.Path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_off_since_the_scan_never_gives_another_frame()
    {
        var path = SmallClips.BFrames(_folder.File("clip.mkv"));
        var record = Probe(path);
        using (var file = File.OpenWrite(path)) file.SetLength(file.Length / 2);
        Assert.Equal(
            UnusableReason.Corrupt, Assert.Throws<VideoUnusableException>(() => Decode(record, record.Frames.Count - 9, 8)).Reason);
    }

    [Fact]
    public void Playlists_scripts_and_text_named_like_videos_are_not_followed()
    {
        var clip = SmallClips.BFrames(_folder.File("clip.mp4"));
        var ts = _folder.File("piece.ts");
        SequentialReference.Run("-i", clip, "-c", "copy", ts);
        File.WriteAllText(_folder.File("playlist.mp4"), "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\npiece.ts\n#EXT-X-ENDLIST\n");
        File.WriteAllText(_folder.File("script.mp4"), "ffconcat version 1.0\nfile clip.mp4\n");
        File.WriteAllText(_folder.File("text.mp4"), "Nothing to see here.\n");
        File.WriteAllText(_folder.File("text.jpg"), "Nothing to see here.\n");
        foreach (var name in new[] { "playlist.mp4", "script.mp4", "text.mp4", "text.jpg" })
            Assert.Equal(UnusableReason.NotAVideo, Assert.Throws<VideoUnusableException>(() => Probe(_folder.File(name))).Reason);
    }

    private static VideoRecord Probe(string path)
    {
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        return prober.Probe(path, ExactnessCheck.Patience, Cancel);
    }

    private static byte[] Serve(FfmpegLibraries libraries, VideoRecord record, SamplePlan plan)
    {
        using var decoder = new InProcessPairDecoder(libraries);
        var both = new byte[Size * Size * 6];
        decoder.Decode(
            record, plan, Size, ExactnessCheck.Patience, both.AsSpan(0, Size * Size * 3), both.AsSpan(Size * Size * 3), Cancel);
        return both;
    }

    private void Decode(VideoRecord record, int n, int stride, CropBox? box = null, TimeSpan? deadline = null)
    {
        using var decoder = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        var plan = box is { } part ? CropPlan.Of(n, stride, part) : CropPlan.Whole(record, n, stride);
        decoder.Decode(record, plan, Size, deadline ?? ExactnessCheck.Patience, _first, _second, Cancel);
    }
}
