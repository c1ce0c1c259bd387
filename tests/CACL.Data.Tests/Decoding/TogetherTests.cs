using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Workers;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Data.Tests.Decoding.Workers;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>Several pairs of a video in one pass are, to the byte, what each is by itself.</summary>
public sealed class TogetherTests
{
    private const int Size = 48;
    private const int Bytes = 2 * Size * Size * 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void One_pass_gives_the_same_bytes_in_every_made_video()
    {
        using var here = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var there = new WorkerPairDecoder(TestWorker.Program);
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        var compared = 0;
        foreach (var path in MadeVideos.All().Values)
        {
            if (Record(prober, path) is not { } video) continue;
            compared += Compare(video, here, there);
        }

        Assert.InRange(compared, 100, int.MaxValue);
    }

    [Fact]
    public void One_pass_gives_the_same_bytes_in_real_clips()
    {
        LongTests.Only("Real clips beside the made ones");
        using var here = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var there = new WorkerPairDecoder(TestWorker.Program);
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        var paths = Directory.EnumerateFiles(Workspace.Shared("data", "videos"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        var compared = 0;
        foreach (var path in paths)
        {
            if (Record(prober, path) is { } video) compared += Compare(video, here, there);
        }

        Assert.InRange(compared, 20, int.MaxValue);
    }

    [Fact]
    public void A_frame_that_is_not_there_fails_the_whole_pass_and_none_alone()
    {
        using var folder = new TemporaryFolder();
        using var decoder = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        var video = Record(prober, SmallClips.BFrames(folder.File("clip.mp4")))!;
        var (first, missing) = (CropPlan.Whole(video, 3, 8), CropPlan.Whole(video, video.Frames.Count - 4, 8));
        var pairs = new byte[2 * Bytes];
        var fault = Assert.Throws<VideoUnusableException>(
            () => decoder.DecodeTogether(video, [first, missing], Size, ExactnessCheck.Patience, pairs, Cancel));
        Assert.Equal(UnusableReason.TooShort, fault.Reason);
        decoder.DecodeTogether(video, [first], Size, ExactnessCheck.Patience, pairs.AsSpan(0, Bytes), Cancel);
        Assert.Throws<ArgumentException>(
            () => decoder.DecodeTogether(video, [first], Size, ExactnessCheck.Patience, pairs, Cancel));
    }

    /// <returns>Number of pairs that were compared.</returns>
    private static int Compare(VideoRecord video, params IPairDecoder[] decoders)
    {
        var random = new Random(video.Frames.Count);
        var stride = video.IsStill ? 0 : Math.Min(8, video.Frames.Count - 1);
        // In any order, some frames in common, some pairs within one another.
        var frames = Enumerable.Range(0, 5).Select(_ => random.Next(video.Frames.Count - stride)).ToList();
        SamplePlan[] plans = [.. frames.Append(frames[0]).Append(Math.Max(0, frames[1] - (stride / 2))).Select(Plan)];
        var (alone, together) = (new byte[plans.Length * Bytes], new byte[plans.Length * Bytes]);
        foreach (var decoder in decoders)
        {
            var fault = Fault(() => OneByOne.Decode(decoder, video, plans, Size, ExactnessCheck.Patience, alone, Cancel));
            Assert.Equal(fault, Fault(() => decoder.DecodeTogether(video, plans, Size, ExactnessCheck.Patience, together, Cancel)));
            if (fault is not null) return 0;
            for (var i = 0; i < plans.Length; i++)
            {
                Assert.True(
                    alone.AsSpan(i * Bytes, Bytes).SequenceEqual(together.AsSpan(i * Bytes, Bytes)),
                    $"{video.Path}, frame {plans[i].Frame}, {decoder.GetType().Name}");
            }
        }

        return plans.Length;

        SamplePlan Plan(int frame) => CropPlan.Of(frame, stride, Box(), random.Next(2) == 0 ? null : Box());

        CropBox Box()
        {
            var (width, height) = (random.Next(1, video.Width + 1), random.Next(1, video.Height + 1));
            return new(random.Next(video.Width - width + 1), random.Next(video.Height - height + 1), width, height);
        }
    }

    private static string? Fault(Action decode)
    {
        try
        {
            decode();
            return null;
        }
        catch (VideoUnusableException e)
        {
            return $"{e.Reason}: {e.Message}";
        }
    }

    private static VideoRecord? Record(InProcessProber prober, string path)
    {
        try
        {
            return prober.Probe(path, ExactnessCheck.Patience, Cancel);
        }
        catch (VideoUnusableException)
        {
            return null;
        }
    }
}
