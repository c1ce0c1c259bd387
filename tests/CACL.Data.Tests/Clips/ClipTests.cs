using CACL.Data.Catalog;
using CACL.Data.Clips;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Tests.Decoding;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Clips;

public sealed class ClipTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static FfmpegProgram Ffmpeg => InstalledProgram.Ffmpeg;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_frame_of_a_clip_comes_in_order_as_a_plain_decode_gives_it()
    {
        var path = SmallClips.BFrames(_folder.File("clip.mp4"));
        var truth = SequentialReference.Frames(path, 0, 48);
        var clip = Properties(path);
        Assert.Equal((160, 120, 25, 1, 75L), (clip.Width, clip.Height, clip.RateNumerator, clip.RateDenominator, clip.Frames));
        using var reader = new ClipReader(Ffmpeg, clip, 48, 48, Patience, Cancel);
        var frame = new byte[48 * 48 * 3];
        foreach (var expected in truth)
        {
            Assert.True(reader.Read(frame));
            Assert.Equal(expected, frame);
        }

        Assert.False(reader.Read(frame));
        Assert.Equal(truth.Count, reader.Frames);
    }

    [Fact]
    public void The_displayed_size_counts_rotation_and_the_shape_of_pixels()
    {
        var wide = _folder.File("wide.mp4");
        var turned = _folder.File("turned.mp4");
        SequentialReference.Require();
        SequentialReference.Run("-f", "lavfi", "-i", "testsrc2=size=120x90:rate=10:duration=1", "-vf", "setsar=4/3", "-c:v", "mpeg4", wide);
        File.WriteAllBytes(turned, Mp4Bytes.Turn(File.ReadAllBytes(wide), 90));
        Assert.Equal((160, 90), Size(Properties(wide)));
        Assert.Equal((90, 160), Size(Properties(turned)));
        Assert.Equal((36, 64), Properties(turned).SizeWithin(64));
        Assert.Equal((90, 160), Properties(turned).SizeWithin(5000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void Whole_frames_are_those_of_a_plain_decode(int stride)
    {
        var path = SmallClips.BFrames(_folder.File("clip.mp4"));
        var truth = SequentialReference.Frames(path, 0, 64);
        var record = new IsolatedProber(Ffmpeg).Probe(path, Patience, Cancel);
        using var decoder = new IsolatedPairDecoder(Ffmpeg);
        var (first, second) = decoder.DecodeWhole(record, 41, stride, 64, 64, Patience, Cancel);
        Assert.Equal(truth[41], first);
        Assert.Equal(truth[41 + stride], second);
        Assert.Equal(80 * 60 * 3, decoder.DecodeWhole(record, 3, stride, 80, 60, Patience, Cancel).First.Length);
    }

    [Fact]
    public void A_frame_beyond_the_end_is_refused_by_the_number_that_there_are()
    {
        var record = new IsolatedProber(Ffmpeg).Probe(SmallClips.BFrames(_folder.File("clip.mp4")), Patience, Cancel);
        using var decoder = new IsolatedPairDecoder(Ffmpeg);
        var refused = Assert.Throws<VideoUnusableException>(() => decoder.DecodeWhole(record, 70, 8, 16, 16, Patience, Cancel));
        Assert.Contains("has 75 frames; frame 78 was asked for", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_written_clip_has_every_frame_and_its_colours()
    {
        var path = _folder.File("a 'new' folder", "red \"one\".mp4");
        var frame = new byte[64 * 48 * 3];
        for (var i = 0; i < frame.Length; i += 3) (frame[i], frame[i + 1], frame[i + 2]) = (200, 40, 90);
        using (var writer = new ClipWriter(Ffmpeg, path, (64, 48), (30000, 1001), Patience, Cancel))
        {
            for (var i = 0; i < 7; i++) writer.Write(frame);
            Assert.False(File.Exists(path));
            writer.Finish();
        }

        var clip = Properties(path);
        Assert.Equal((64, 48, 30000, 1001, 7L), (clip.Width, clip.Height, clip.RateNumerator, clip.RateDenominator, clip.Frames));
        using var reader = new ClipReader(Ffmpeg, clip, 64, 48, Patience, Cancel);
        var read = new byte[frame.Length];
        Assert.True(reader.Read(read));
        Assert.InRange(SequentialReference.Difference(frame, read), 0, 4);
        Assert.Equal([path], Directory.GetFiles(_folder.File("a 'new' folder")));
    }

    [Fact]
    public void A_clip_that_is_given_up_leaves_nothing_behind_and_no_process()
    {
        var path = _folder.File("given-up.mp4");
        using (var writer = new ClipWriter(Ffmpeg, path, (640, 480), (25, 1), Patience, Cancel))
        {
            for (var i = 0; i < 3; i++) writer.Write(new byte[640 * 480 * 3]);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_clip_that_cannot_be_written_is_told_with_ffmpegs_words()
    {
        // Nobody can make files in this folder, not even root.
        const string path = "/proc/clip.mp4";
        using var writer = new ClipWriter(Ffmpeg, path, (640, 480), (25, 1), Patience, Cancel);
        var failed = Assert.Throws<ClipException>(() =>
        {
            for (var i = 0; i < 200; i++) writer.Write(new byte[640 * 480 * 3]);
            writer.Finish();
        });
        Assert.StartsWith($"{path} cannot be written. ffmpeg says: ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoder_that_is_killed_is_told_by_its_signal()
    {
        var path = _folder.File("clip.mp4");
        using var writer = new ClipWriter(KilledFfmpeg.Program(_folder, "ffmpeg", "faststart"), path, (64, 48), (25, 1), Patience, Cancel);
        var failed = Assert.Throws<ClipException>(() =>
        {
            writer.Write(new byte[64 * 48 * 3]);
            writer.Finish();
        });
        Assert.StartsWith($"{path} cannot be written. ffmpeg was killed by signal 9 (SIGKILL)", failed.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_reader_whose_ffmpeg_is_killed_midway_is_not_at_its_end()
    {
        var clip = Properties(SmallClips.BFrames(_folder.File("clip.mp4")));
        var frame = new byte[160 * 120 * 3];
        // There are as many whole frames as came before the kill, and no more.
        var killed = KilledFfmpeg.Program(_folder, "ffmpeg", "rawvideo", after: $"head -c {20 * frame.Length}");
        using var reader = new ClipReader(killed, clip, 160, 120, Patience, Cancel);
        for (var i = 0; i < 20; i++) Assert.True(reader.Read(frame));
        var fault = Assert.Throws<DecoderFaultException>(() => reader.Read(frame));
        Assert.Contains("ffmpeg was killed by signal 9 (SIGKILL)", fault.Message, StringComparison.Ordinal);
        Assert.Contains(clip.Path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_a_reader_that_waits()
    {
        using var stop = new CancellationTokenSource();
        using var reader = new ClipReader(Ffmpeg, Properties(SmallClips.BFrames(_folder.File("clip.mp4"))), 640, 480, Patience, stop.Token);
        var frame = new byte[640 * 480 * 3];
        Assert.True(reader.Read(frame));
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
        {
            while (reader.Read(frame))
            {
                // the frames in the pipe
            }
        });
    }

    [Fact]
    public void What_is_no_video_is_refused()
    {
        var path = _folder.File("text.mp4");
        File.WriteAllText(path, "This is not a video.");
        var refused = Assert.Throws<VideoUnusableException>(() => Properties(path));
        Assert.Equal(UnusableReason.NotAVideo, refused.Reason);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    private static ClipProperties Properties(string path) => ClipProperties.Read(Ffmpeg, path, Patience, Cancel);

    private static (int Width, int Height) Size(ClipProperties clip) => (clip.Width, clip.Height);
}
