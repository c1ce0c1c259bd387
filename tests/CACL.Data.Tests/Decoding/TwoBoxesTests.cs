using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>Tests pairs whose two frames have boxes of their own, in both decoders.</summary>
public sealed class TwoBoxesTests : IDisposable
{
    private const int Size = 48;
    private const int Frame = 21;

    private static readonly CropBox Box = new(0, 0, 160, 120);
    private static readonly CropBox Other = new(31, 17, 64, 50);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(8, true)]
    [InlineData(8, false)]
    [InlineData(0, true)]
    [InlineData(0, false)]
    public void Each_frame_is_cropped_by_its_own_box(int stride, bool seekable)
    {
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        var probed = prober.Probe(SmallClips.BFrames(_folder.File("clip.mp4")), ExactnessCheck.Patience, Cancel);
        var video = probed with { Frames = probed.Frames with { Seekable = seekable } };
        using var inProcess = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var isolated = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        foreach (var decoder in new IPairDecoder[] { inProcess, isolated })
        {
            var (first, _) = Decode(decoder, video, CropPlan.Of(Frame, stride, Box));
            var (_, second) = Decode(decoder, video, CropPlan.Of(Frame, stride, Other));
            var (ownFirst, ownSecond) = Decode(decoder, video, CropPlan.Of(Frame, stride, Box, Other));
            Assert.NotEqual(first, second);
            Assert.Equal(first, ownFirst);
            Assert.Equal(second, ownSecond);
        }
    }

    [Fact]
    public void A_second_box_outside_of_the_frame_is_refused()
    {
        var frames = new FrameIndex(1, 25, [0, 1], [0], Seekable: true);
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        var video = prober.Probe(SmallClips.BFrames(_folder.File("clip.mp4")), ExactnessCheck.Patience, Cancel) with { Frames = frames };
        using var decoder = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        var plan = CropPlan.Of(0, 1, Box, new CropBox(100, 0, 61, 10));
        Assert.Contains(
            "does not lie within the 160×120 frame", Assert.Throws<ArgumentException>(() => Decode(decoder, video, plan)).Message,
            StringComparison.Ordinal);
    }

    private static (byte[] First, byte[] Second) Decode(IPairDecoder decoder, VideoRecord video, SamplePlan plan)
    {
        var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
        decoder.Decode(video, plan, Size, ExactnessCheck.Patience, first, second, Cancel);
        return (first, second);
    }
}
