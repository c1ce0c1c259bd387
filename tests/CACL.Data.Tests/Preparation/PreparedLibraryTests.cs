using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding;
using CACL.Testing;

namespace CACL.Data.Tests.Preparation;

/// <summary>Tests when a video is read from its prepared file, and when from its source.</summary>
public sealed class PreparedLibraryTests : IDisposable
{
    private const int Size = 64;
    private const int Stride = 8;

    private readonly Preparations _preparations = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _preparations.Dispose();

    [Fact]
    public void Plans_are_the_same_with_and_without_prepared_files_and_so_are_the_regions_that_are_cropped()
    {
        // A noise that no shift of a pixel or two leaves alike, larger than its prepared file.
        var source = Path.Combine(_preparations.Sources, "large.mp4");
        FfmpegCommand.Run(
            "-f", "lavfi", "-i", "testsrc2=size=644x482:rate=25:duration=1", "-vf", "noise=alls=30:allf=t,boxblur=3", "-c:v", "libx264",
            "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p", "-g", "12", source);
        _preparations.Scan();
        var before = Plans();
        _preparations.Prepare();
        var plans = Plans();
        Assert.Equal(before.Select(Text), plans.Select(Text));

        var (library, files, _) = _preparations.Library();
        var video = library.Load(plans[0].VideoId);
        Assert.Equal((644, 482, 644, 482), (video.Width, video.Height, video.Prepared!.Width, video.Prepared.Height));
        using var preferring = Preparations.Decoders.Preferring(files)();
        using var plain = Preparations.Decoders.CreateDecoder();
        Each.Holds(plans, plan =>
        {
            var own = SequentialReference.Difference(Pair(plain, video, plan), Pair(preferring, video, plan));
            var box = plan.View.Box;
            foreach (var (x, y) in new[] { (-6, 0), (6, 0), (0, -6), (0, 6) })
            {
                var shifted = box with { X = box.X + x, Y = box.Y + y };
                if (shifted.X < 0 || shifted.Y < 0 || shifted.X + box.Width > 644 || shifted.Y + box.Height > 482) continue;
                var elsewhere = CropPlan.Of(plan.Frame, plan.Stride, shifted);
                var other = SequentialReference.Difference(Pair(plain, video, elsewhere), Pair(preferring, video, plan));
                Assert.True(own < other, $"{box} of frame {plan.Frame} is nearer to itself shifted by {x}, {y}: {other:0.00} < {own:0.00}");
            }
        });

        SamplePlan[] Plans()
        {
            var planner = new SamplePlanner(
                new SamplingOptions { Seed = 5, Stride = Stride, CropSize = Size }, _preparations.Catalog.LoadUsable(Stride + 1));
            return [.. Enumerable.Range(0, 5).Select(epoch => planner.Plan(epoch, 0, 0))];
        }

        static string Text(SamplePlan plan) => $"{plan} {string.Join(',', plan.EnqueuePixels)}";
    }

    [Fact]
    public void A_prepared_file_that_is_gone_or_changed_falls_back_to_the_source_with_one_warning()
    {
        string[] names = ["1.mp4", "2.mp4", "3.mp4"];
        foreach (var name in names) _preparations.Add("plain.mp4", name);
        _preparations.Prepare();
        var (library, files, warnings) = _preparations.Library();
        Assert.Equal((3, 0), (files.Count, files.Faults.Count));
        var ids = _preparations.Catalog.List().Select(video => video.Id).ToArray();
        Assert.NotNull(library.Load(ids[0]).Prepared);

        File.Delete(Prepared("1.mp4"));
        File.AppendAllText(Prepared("2.mp4"), "more");
        Assert.Null(library.Load(ids[0]).Prepared);
        Assert.Null(library.Load(ids[1]).Prepared);
        Assert.NotNull(library.Load(ids[2]).Prepared);
        var warning = Assert.Single(warnings);
        var expected = $"{Prepared("1.mp4")} is gone or has changed. {_preparations.Sources}/1.mp4 is read instead";
        Assert.StartsWith(expected, warning, StringComparison.Ordinal);
        Assert.EndsWith("cacl videos prepare", warning, StringComparison.Ordinal);

        // A start after that knows.
        var (_, later, _) = _preparations.Library();
        Assert.Equal((1, 2), (later.Count, later.Faults.Count));
        Assert.NotEqual(files.Identity, later.Identity);
        Assert.StartsWith("1 of 3 videos, sha256 ", later.Identity, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prepared_file_that_cannot_be_decoded_falls_back_to_the_source_with_one_warning()
    {
        var source = _preparations.Add("plain.mp4", "1.mp4");
        _preparations.Prepare();
        var (library, files, warnings) = _preparations.Library();
        var video = library.Load(Assert.Single(_preparations.Catalog.List()).Id);
        var (file, modified) = (Prepared("1.mp4"), File.GetLastWriteTimeUtc(Prepared("1.mp4")));
        File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);
        File.SetLastWriteTimeUtc(file, modified);
        using var decoder = Preparations.Decoders.Preferring(files)();
        using var plain = Preparations.Decoders.CreateDecoder();
        for (var frame = 0; frame < 3; frame++)
        {
            var plan = CropPlan.Whole(video, frame, Stride);
            Assert.Equal(Pair(plain, video with { Prepared = null }, plan), Pair(decoder, video, plan));
        }

        Assert.Contains($"{source} is read instead", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_fault_of_a_source_behind_a_lost_file_is_the_sources()
    {
        var source = _preparations.Add("plain.mp4", "1.mp4");
        _preparations.Prepare();
        var (library, files, _) = _preparations.Library();
        var video = library.Load(Assert.Single(_preparations.Catalog.List()).Id);
        File.Delete(Prepared("1.mp4"));
        File.WriteAllText(source, "Nothing to see here.");
        using var decoder = Preparations.Decoders.Preferring(files)();
        Assert.Equal(source, Assert.Throws<VideoUnusableException>(() => Pair(decoder, video, CropPlan.Whole(video, 0, Stride))).Path);
        // A deadline that the prepared file missed leaves no time for the source.
        Assert.Equal(
            (source, UnusableReason.Deadline),
            Assert.Throws<VideoUnusableException>(() => Pair(new Late(), video, CropPlan.Whole(video, 0, Stride), files)) is var late
                ? (late.Path, late.Reason)
                : default);
    }

    [Fact]
    public void A_source_that_was_moved_away_is_not_missed_and_one_that_was_replaced_is_another_video()
    {
        var source = _preparations.Add("plain.mp4", "1.mp4");
        _preparations.Prepare();
        var (library, _, warnings) = _preparations.Library();
        var id = Assert.Single(_preparations.Catalog.List()).Id;
        File.Delete(source);
        Assert.NotNull(library.Load(id).Prepared);
        File.Copy(MadeVideos.Path("five_frames.mp4"), source);
        Assert.Equal(UnusableReason.Changed, Assert.Throws<VideoUnusableException>(() => library.Load(id)).Reason);
        Assert.Empty(warnings);
        // Scanned again, it is read from itself until it is prepared again.
        _preparations.Scan();
        var (later, files, _) = _preparations.Library();
        Assert.Equal(0, files.Count);
        Assert.Contains("its source has changed", Assert.Single(files.Faults), StringComparison.Ordinal);
        Assert.Null(later.Load(id).Prepared);
    }

    [Fact]
    public void What_is_prepared_while_a_training_runs_waits_for_the_next_start()
    {
        _preparations.Add("plain.mp4", "1.mp4");
        _preparations.Scan();
        var (library, files, warnings) = _preparations.Library();
        _preparations.Prepare();
        var id = Assert.Single(_preparations.Catalog.List()).Id;
        Assert.Null(library.Load(id).Prepared);
        Assert.Equal("0 of 1 videos", files.Identity);
        Assert.NotNull(_preparations.Library().Library.Load(id).Prepared);

        var (begun, _, said) = _preparations.Library();
        _preparations.Prepare(new() { Format = new() { Gop = 2 } });
        Assert.Null(begun.Load(id).Prepared);
        Assert.Contains("was made anew meanwhile", Assert.Single(said), StringComparison.Ordinal);
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_prepared_collection_is_a_folder_of_videos_by_itself()
    {
        _preparations.Add("b_frames.mp4", "a", "1.mp4");
        _preparations.Add("variable_rate.webm", "b", "2.webm");
        _preparations.Prepare();
        using var own = VideoCatalog.Open(_preparations.File("own.sqlite"));
        var report = new VideoScanner(own, Preparations.Decoders.CreateProber).Scan([_preparations.Prepared], cancel: Cancel);
        Assert.Equal((2, 2, 0), (report.Found, report.Usable, report.Unusable.Count));
        Assert.Equal(
            _preparations.Catalog.LoadUsable(1).Select(video => video.Frames), own.LoadUsable(1).Select(video => video.Frames));
    }

    private static byte[] Pair(IPairDecoder decoder, VideoRecord video, SamplePlan plan)
    {
        var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
        decoder.Decode(video, plan, Size, ExactnessCheck.Patience, first, second, Cancel);
        return [.. first, .. second];
    }

    private static byte[] Pair(IPairDecoder inner, VideoRecord video, SamplePlan plan, PreparedFiles files)
    {
        using var decoder = new PreparedPairDecoder(inner, files);
        return Pair(decoder, video, plan);
    }

    private string Prepared(string name) => Path.Combine(_preparations.Prepared, name);

    /// <summary>A decoder whose deadline always passes.</summary>
    private sealed class Late : IPairDecoder
    {
        public void Decode(
            VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second,
            CancellationToken cancel) => throw new VideoUnusableException(video.Path, UnusableReason.Deadline, "It took too long.");

        public void Dispose()
        {
            // There is nothing to dispose.
        }
    }
}
