using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding;
using CACL.Testing;

namespace CACL.Data.Tests.Catalog;

/// <summary>Tests files, prober, catalogue, plan and decoder together.</summary>
public sealed class RealScanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DecoderKind.Auto)]
    [InlineData(DecoderKind.Isolated)]
    public void Clips_and_stills_are_scanned_planned_and_decoded(DecoderKind kind)
    {
        SequentialReference.Require();
        var decoders = PairDecoders.Create(kind);
        Directory.CreateDirectory(_folder.File("videos", "class"));
        SmallClips.BFrames(_folder.File("videos", "class", "clip 1.mp4"));
        SmallClips.Avi(_folder.File("videos", "clip-2.avi"));
        SmallClips.Still(_folder.File("videos", "still.png"));
        File.WriteAllText(_folder.File("videos", "text.mp4"), "Nothing to see here.");

        using var catalog = VideoCatalog.Open(_folder.File("videos.db"));
        var report = new VideoScanner(catalog, decoders.CreateProber).Scan([_folder.File("videos")], cancel: Cancel);
        Assert.Equal((4, 3, 1), (report.Found, report.Usable, report.Unusable[UnusableReason.NotAVideo].Count));

        // A still image is too short for a stride of 8, but usable like any video for a stride of 0.
        foreach (var (stride, videos) in ((int, int)[])[(8, 2), (0, 3)])
        {
            var planner = new SamplePlanner(new SamplingOptions { Stride = stride, CropSize = 32 }, catalog.LoadUsable(stride + 1));
            Assert.Equal(videos, planner.Count);
            for (var position = 0; position < planner.Count; position++)
                DecodeWhatIsPlanned(decoders, catalog, planner.Plan(0, position, 0));
        }

        Assert.Equal(4, new VideoScanner(catalog, decoders.CreateProber).Scan([_folder.File("videos")], cancel: Cancel).Unchanged);
    }

    [Fact]
    public void Of_odd_and_damaged_files_each_unusable_one_has_a_row_with_its_reason()
    {
        var made = MadeVideos.All();
        Directory.CreateDirectory(_folder.File("videos"));
        foreach (var (name, path) in made) File.Copy(path, _folder.File("videos", name));
        int[] frames = [.. made.Keys.Where(name => MadeVideos.Of(name).IsVideo).Select(name => MadeVideoTruth.Of(name).Frames.Count)];
        using var catalog = VideoCatalog.Open(_folder.File("videos.db"));
        var prober = PairDecoders.Create(DecoderKind.Auto).CreateProber;
        var report = new VideoScanner(catalog, prober).Scan([_folder.File("videos")], cancel: Cancel);
        Assert.Equal(made.Count, report.Found);
        Assert.Equal(frames.Length, report.Usable);
        Assert.Equal(frames.Where(count => count >= 9).Order(), catalog.LoadUsable(9).Select(video => video.Frames).Order());
    }

    private static void DecodeWhatIsPlanned(PairDecoders decoders, VideoCatalog catalog, SamplePlan plan)
    {
        using var decoder = decoders.CreateDecoder();
        var (first, second) = (new byte[32 * 32 * 3], new byte[32 * 32 * 3]);
        decoder.Decode(catalog.Load(plan.VideoId), plan, 32, ExactnessCheck.Patience, first, second, Cancel);
        Assert.Contains(first, value => value != 0);
        Assert.Contains(second, value => value != 0);
    }
}
