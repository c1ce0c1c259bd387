using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>Checks that frame 0 is the first that can be decoded completely, in both probers and both decoders.</summary>
public sealed class JoinedStreamTests : IDisposable
{
    private const int Size = 48;
    private const int Bytes = Size * Size * 3;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("hevc-closed.ts")]
    [InlineData("hevc-open.ts")]
    [InlineData("hevc-radl.ts")]
    [InlineData("hevc-open.hevc")]
    [InlineData("mpeg4-b.ts")]
    [InlineData("theora.ogv")]
    [InlineData("h264-open.ts")]
    [InlineData("mpeg2.ts")]
    public void A_stream_joined_in_mid_gop_begins_with_its_first_whole_frame(string name)
    {
        var (joined, clean) = JoinedStreams.Make(_folder, name);
        var frames = SequentialReference.Frames(clean, 0, Size);
        AssertFrames(joined, [.. frames.Skip(JoinedStreams.FramesShownBeforeTheKeyFrame(name))]);
    }

    [Fact]
    public void So_does_every_other_that_ffmpeg_makes()
    {
        LongTests.Only("Fifteen more codecs and containers");
        string[] names =
        [
            "hevc-closed.hevc", "hevc-radl.hevc", "hevc-open.mkv", "hevc-open.mp4", "mpeg4-b.avi", "mpeg4.avi", "msmpeg4v2.avi",
            "msmpeg4v3.avi", "wmv1.asf", "wmv2.asf", "flv1.flv", "h263.3gp", "h264.ts", "vp8.ivf", "vp9.ivf",
        ];
        foreach (var name in names) A_stream_joined_in_mid_gop_begins_with_its_first_whole_frame(name);
    }

    [Fact]
    public void A_container_that_marks_every_picture_is_not_believed()
    {
        var (joined, clean) = JoinedStreams.Make(_folder, "hevc-plain.mp4");
        JoinedStreams.MarkEveryPicture(joined);
        AssertFrames(joined, SequentialReference.Frames(clean, 0, Size));
    }

    [Theory]
    [InlineData("hevc-closed.mkv")]
    [InlineData("mpeg4.avi")]
    public void A_stream_without_a_whole_frame_is_refused_by_name(string name)
    {
        var joined = JoinedStreams.MakeWithoutKeyFrame(_folder, name);
        using var inProcess = new InProcessProber(InstalledFfmpeg.Libraries);
        using var isolated = new IsolatedProber(InstalledProgram.Ffmpeg);
        foreach (var prober in (IVideoProber[])[inProcess, isolated])
        {
            var fault = Assert.Throws<VideoUnusableException>(() => prober.Probe(joined, ExactnessCheck.Patience, Cancel));
            Assert.Equal(UnusableReason.Corrupt, fault.Reason);
            Assert.StartsWith($"No frame of {joined} can be decoded whole: it begins in", fault.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertFrames(string path, IReadOnlyList<byte[]> truth)
    {
        Assert.InRange(truth.Count, 20, 53); // of 60
        using var inProcessProber = new InProcessProber(InstalledFfmpeg.Libraries);
        using var isolatedProber = new IsolatedProber(InstalledProgram.Ffmpeg);
        using var inProcess = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var isolated = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        var video = inProcessProber.Probe(path, ExactnessCheck.Patience, Cancel);
        var other = isolatedProber.Probe(path, ExactnessCheck.Patience, Cancel);
        Assert.Equal(truth.Count, video.Frames.Count);
        Assert.Equal(video.Frames.Times, other.Frames.Times);
        Assert.Equal(video.Frames.KeyFrames, other.Frames.KeyFrames);
        Assert.Equal(video with { Frames = other.Frames, CountedBy = other.CountedBy }, other);

        (int Frame, int Stride, bool Both)[] pairs = [(0, 8, true), (1, 1, false), (truth.Count - 9, 8, true), (12, 0, false)];
        foreach (var (frame, stride, both) in pairs)
        {
            var crops = Decode(inProcess, frame, stride);
            Assert.InRange(SequentialReference.Difference(truth[frame], crops.AsSpan(0, Bytes)), 0, 2.5);
            Assert.InRange(SequentialReference.Difference(truth[frame + stride], crops.AsSpan(Bytes)), 0, 2.5);
            if (both) Assert.Equal(crops, Decode(isolated, frame, stride));
        }

        byte[] Decode(IPairDecoder decoder, int frame, int stride)
        {
            var crops = new byte[2 * Bytes];
            var plan = CropPlan.Whole(video, frame, stride);
            decoder.Decode(video, plan, Size, ExactnessCheck.Patience, crops.AsSpan(0, Bytes), crops.AsSpan(Bytes), Cancel);
            return crops;
        }
    }
}
