using CACL.Data.Catalog;
using CACL.Data.Preparation;
using CACL.Testing;

namespace CACL.Data.Tests.Preparation;

/// <summary>Tests what a session makes, what it leaves as it is, and what becomes of it when it is cut short.</summary>
public sealed class PreparationSessionTests : IDisposable
{
    private readonly Preparations _preparations = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _preparations.Dispose();

    [Fact]
    public void Class_folders_are_kept_and_every_source_has_a_place_of_its_own()
    {
        _preparations.Add("plain.mp4", "dance", "a.mp4");
        _preparations.Add("packed.avi", "dance", "a.avi");
        _preparations.Add("five_frames.mp4", "dance", "a.avi.mp4");
        _preparations.Add("plain.mp4", "run", "x y", "it's 100% \"here\".mp4");
        var report = _preparations.Prepare();
        Assert.Equal((4, 0, 4, 0), (report.Videos, report.Ready, report.Made, report.Failed.Count));
        Assert.Equal(
            ["dance/a.avi.mp4", "dance/a.avi.mp4~2.mp4", "dance/a.mp4", "run/x y/it's 100% \"here\".mp4"], _preparations.Files());
        var listed = _preparations.Catalog.List();
        Each.Holds(listed, video => Assert.Null(video.Prepared!.Fault));
        Assert.Equal(4, listed.Select(video => video.Prepared!.Path).Distinct().Count());
    }

    [Fact]
    public void Of_several_folders_each_has_its_own_below_the_target()
    {
        _preparations.Add("plain.mp4", "train", "a", "1.mp4");
        _preparations.Add("five_frames.mp4", "val", "a", "1.mp4");
        _preparations.Prepare(null, Path.Combine(_preparations.Sources, "train"), Path.Combine(_preparations.Sources, "val"));
        Assert.Equal(["train/a/1.mp4", "val/a/1.mp4"], _preparations.Files());
        // Each keeps its place, whatever is named with it later.
        Assert.Equal(0, _preparations.Prepare(null, Path.Combine(_preparations.Sources, "val")).Made);
        var same = Directory.CreateDirectory(Path.Combine(_preparations.Sources, "other", "val")).FullName;
        _preparations.Scan();
        Refused("have the same name", same, Path.Combine(_preparations.Sources, "val"));
    }

    [Fact]
    public void What_is_up_to_date_is_not_made_again()
    {
        var source = _preparations.Add("plain.mp4", "a.mp4");
        _preparations.Add("five_frames.mp4", "b.mp4");
        _preparations.Prepare();
        var before = Stamps();
        Assert.Equal((2, 0), _preparations.Prepare() is var again ? (again.Ready, again.Made) : default);

        // Its time is another, its content is the same: as after copying.
        File.SetLastWriteTimeUtc(source, DateTime.UtcNow.AddDays(-3));
        Assert.Equal((2, 0), _preparations.Prepare() is var touched ? (touched.Ready, touched.Made) : default);
        Assert.Equal(2, _preparations.Prepare().Ready);

        // Another catalogue knows nothing of them; the folder's own record does.
        using var other = VideoCatalog.Open(_preparations.File("other.sqlite"));
        new VideoScanner(other, Preparations.Decoders.CreateProber).Scan([_preparations.Sources], cancel: Cancel);
        using (var session = PreparationSession.Open(
            other, new VideoRoots([_preparations.Sources]), _preparations.Prepared, Preparations.Decoders.CreateProber, new()))
        {
            Assert.Equal(0, session.Estimate(Cancel).Missing);
            Assert.Equal((2, 0), session.Run(null, Cancel) is var known ? (known.Ready, known.Made) : default);
        }

        Each.Holds(other.List(), video => Assert.Null(video.Prepared!.Fault));
        Assert.Equal(before, Stamps());
    }

    [Fact]
    public void A_folder_of_sources_that_moved_is_found_again_by_its_content()
    {
        _preparations.Add("plain.mp4", "train", "a", "1.mp4");
        _preparations.Prepare(null, Path.Combine(_preparations.Sources, "train"));
        var before = Stamps();
        var moved = Path.Combine(_preparations.Sources, "moved");
        Directory.Move(Path.Combine(_preparations.Sources, "train"), moved);
        Assert.Equal(0, _preparations.Prepare(null, moved).Made);
        Assert.Equal(before, Stamps());
        Assert.Null(Assert.Single(_preparations.Catalog.List(new VideoRoots([moved]))).Prepared!.Fault);
    }

    [Fact]
    public void A_changed_source_a_changed_file_and_another_format_are_made_anew()
    {
        var source = _preparations.Add("plain.mp4", "a.mp4");
        _preparations.Prepare();
        File.Copy(MadeVideos.Path("five_frames.mp4"), source, overwrite: true);
        Assert.Equal(1, _preparations.Prepare().Made);
        Assert.Equal(5, Prepared().Frames.Count);

        var file = Path.Combine(_preparations.Prepared, "a.mp4");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]);
        Assert.Contains("has changed", Assert.Single(_preparations.Catalog.List()).Prepared!.Fault, StringComparison.Ordinal);
        Assert.True(_preparations.Prepare().Bytes > 0);
        Assert.Equal(5, Prepared().Frames.Count);

        Assert.True(_preparations.Prepare(new() { Format = new() { Codec = PreparedCodec.Mjpeg } }).Bytes > 0);
        Assert.Equal("mjpeg", Prepared().Codec);
    }

    [Fact]
    public void A_half_written_file_is_never_taken_for_done()
    {
        _preparations.Add("plain.mp4", "a", "a.mp4");
        _preparations.Add("five_frames.mp4", "b.mp4");
        _preparations.Prepare();
        // What a kill leaves: a hidden file, a named file that the record does not know yet, and a line cut short.
        var (record, file) = (Path.Combine(_preparations.Prepared, "prepared.jsonl"), Path.Combine(_preparations.Prepared, "b.mp4"));
        var lines = File.ReadAllLines(record).Order(StringComparer.Ordinal).ToArray();
        File.WriteAllText(record, lines[0] + "\n" + lines[1][..^20]);
        File.WriteAllText(Path.Combine(_preparations.Prepared, "a", ".incomplete-1"), "half");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..500]);
        Assert.Equal((1, 1), _preparations.Prepare() is var after ? (after.Ready, after.Made) : default);
        Assert.Equal(["a/a.mp4", "b.mp4"], _preparations.Files());
        Each.Holds(_preparations.Catalog.List(), video => Assert.Null(video.Prepared!.Fault));
        Assert.Equal(2, _preparations.Prepare().Ready);
    }

    [Fact]
    public void A_stopped_session_keeps_what_it_made_and_the_next_makes_the_rest()
    {
        for (var i = 0; i < 6; i++) _preparations.Add("b_frames.mp4", $"{i}.mp4");
        _preparations.Scan();
        using var stop = new CancellationTokenSource();
        int made;
        using (var session = _preparations.Open(new() { Parallelism = 1 }))
        {
            var watch = new Reports(progress =>
            {
                if (progress.Made > 0) stop.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => session.Run(watch, stop.Token));
            made = _preparations.Files().Length;
            Assert.InRange(made, 1, 5);
        }

        Assert.Equal(made, _preparations.Catalog.List().Count(video => video.Prepared is { Fault: null }));
        Assert.Equal((made, 6 - made), _preparations.Prepare() is var rest ? (rest.Ready, rest.Made) : default);
        Assert.Equal(["0.mp4", "1.mp4", "2.mp4", "3.mp4", "4.mp4", "5.mp4"], _preparations.Files());
    }

    [Fact]
    public void A_video_that_cannot_be_prepared_is_listed_with_its_reason_and_the_others_are_made()
    {
        var gone = _preparations.Add("plain.mp4", "gone.mp4");
        _preparations.Add("five_frames.mp4", "there.mp4");
        _preparations.Prepare();
        File.Copy(MadeVideos.Path("one_frame.mp4"), gone, overwrite: true);
        _preparations.Scan();
        File.Delete(gone);
        using var session = _preparations.Open(new() { Format = new() { Gop = 5 } });
        var report = session.Run(null, Cancel);
        Assert.Equal(1, report.Made);
        var failed = Assert.Single(report.Failed);
        Assert.Equal((gone, UnusableReason.Unreadable), (failed.Path, failed.Reason));
        Assert.Contains($"{gone} is gone", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_without_room_is_refused_before_anything_is_made()
    {
        for (var i = 0; i < 3; i++) _preparations.Add("b_frames.mp4", $"{i}.mp4");
        _preparations.Scan();
        using var session = _preparations.Open(new() { Parallelism = 2, FreeSpace = _ => 40_000 });
        var estimate = session.Estimate(Cancel);
        Assert.Equal((3, 0, 3, 40_000L), (estimate.Videos, estimate.Ready, estimate.Sampled, estimate.FreeBytes));
        Assert.Empty(_preparations.Files());
        var refused = Assert.Throws<PreparationException>(() => session.RequireSpace(estimate)).Message;
        Assert.Contains("40.0 kB left. Nothing was made. Free space there", refused, StringComparison.Ordinal);
        session.RequireSpace(estimate with { FreeBytes = estimate.Bytes * 2 });
    }

    [Fact]
    public void A_disk_that_fills_up_ends_the_session_and_what_was_made_is_kept()
    {
        for (var i = 0; i < 4; i++) _preparations.Add("five_frames.mp4", $"{i}.mp4");
        _preparations.Scan();
        var asked = 0;
        using (var session = _preparations.Open(new() { Parallelism = 1, FreeSpace = _ => ++asked > 2 ? 1000 : 1L << 40 }))
        {
            var full = Assert.Throws<PreparationException>(() => session.Run(null, Cancel)).Message;
            Assert.Contains("is full. What was prepared until now is kept. Free space there", full, StringComparison.Ordinal);
        }

        Assert.Equal(["0.mp4", "1.mp4"], _preparations.Files());
        Assert.Equal((2, 2), _preparations.Prepare() is var rest ? (rest.Ready, rest.Made) : default);
    }

    [Fact]
    public void The_estimate_is_near_what_the_files_take()
    {
        for (var i = 0; i < 10; i++) _preparations.Add(i % 2 == 0 ? "b_frames.mp4" : "variable_rate.mp4", $"{i}.mp4");
        _preparations.Scan();
        using var session = _preparations.Open(new() { Parallelism = 2, SampledFiles = 4, SampledFrames = 20 });
        var estimate = session.Estimate(Cancel);
        Assert.Equal((10, 4), (estimate.Missing, estimate.Sampled));
        var bytes = session.Run(null, Cancel).Bytes;
        Assert.InRange(estimate.Bytes, bytes / 2, bytes * 2);
        Assert.True(estimate.Time > TimeSpan.Zero);
    }

    [Fact]
    public void Folders_in_which_sources_and_files_would_mix_are_refused()
    {
        _preparations.Add("five_frames.mp4", "a", "1.mp4");
        _preparations.Scan();
        string Told(string folder) => Assert.Throws<PreparationException>(() => PreparationSession.Open(
            _preparations.Catalog, new VideoRoots([_preparations.Sources]), folder, Preparations.Decoders.CreateProber, new())).Message;
        Assert.Contains("lie one in the other", Told(Path.Combine(_preparations.Sources, "small")), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_preparations.Sources, "small")));
        Assert.Contains("lie one in the other", Told(Path.GetDirectoryName(_preparations.Sources)!), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(_preparations.File("full")).FullName, "mine.mp4"), "mine");
        Assert.Contains("did not make. Name a new or an empty folder", Told(_preparations.File("full")), StringComparison.Ordinal);
        using (_preparations.Open()) Assert.Contains("another process prepares", Told(_preparations.Prepared), StringComparison.Ordinal);
        // A single file named that lies in the folder.
        _preparations.Prepare();
        var inside = Path.Combine(_preparations.Prepared, "a", "1.mp4");
        _preparations.Scan(inside);
        Refused("lie one in the other", inside);
    }

    private void Refused(string why, params string[] roots) =>
        Assert.Contains(why, Assert.Throws<PreparationException>(() => _preparations.Open(null, roots)).Message, StringComparison.Ordinal);

    private VideoRecord Prepared()
    {
        var (library, _, _) = _preparations.Library();
        return library.Load(Assert.Single(_preparations.Catalog.List()).Id).Prepared!;
    }

    private (string, DateTime)[] Stamps() =>
        [.. _preparations.Files().Select(file => (file, File.GetLastWriteTimeUtc(Path.Combine(_preparations.Prepared, file))))];

    private sealed class Reports(Action<PreparationProgress> seen) : IProgress<PreparationProgress>
    {
        public void Report(PreparationProgress value) => seen(value);
    }
}
