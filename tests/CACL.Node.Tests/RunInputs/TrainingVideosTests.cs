using CACL.Data.Catalog;
using CACL.Node.RunInputs;
using CACL.Testing;
using CsCheck;

namespace CACL.Node.Tests.RunInputs;

/// <summary>Tests that the videos a run began with are found again in a catalogue into which more were scanned since.</summary>
public sealed class TrainingVideosTests : IDisposable
{
    private const int Stride = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly VideoRoots _roots;
    private VideoCatalog _catalog;

    public TrainingVideosTests()
    {
        _catalog = VideoCatalog.Open(_folder.File("catalog.sqlite"));
        _roots = new VideoRoots([_folder.Path]);
    }

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Still_images_are_neither_trained_on_nor_unusable_where_two_frames_are_asked_for()
    {
        _catalog.UpsertBatch([
            Entry(_folder.File("clip.mp4"), 30), Entry(_folder.File("short.mp4"), 5), Entry(_folder.File("a.JPEG"), 1),
            Entry(_folder.File("b.png"), 1), CatalogEntry.Unusable(_folder.File("c.jpg"), 1, 2, UnusableReason.Corrupt, "c.jpg is broken."),
        ]);
        var pairs = TrainingVideos.Load(_catalog, _roots, Stride);
        Assert.Equal((1, 2, 2, "videos"), (pairs.Usable.Length, pairs.Unusable.Count, pairs.StillsLeftOut, pairs.What));
        var views = TrainingVideos.Load(_catalog, _roots, 0);
        Assert.Equal((4, 1, 0, "videos and images"), (views.Usable.Length, views.Unusable.Count, views.StillsLeftOut, views.What));
        var counts = _catalog.Counts(Stride + 1);
        Assert.Equal((1, 1, 2), (counts.Usable, counts.TooShort, counts.StillsLeftOut));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_came_and_went_since_changes_nothing_though_all_are_alike(bool withCheckpoint)
    {
        // A video that vanished earlier takes no part, even if it comes back.
        var early = Add("a", "k", "l", "m", "x");
        _catalog.MarkVanished([early[0]]);
        var identity = Begin();
        Add("b", "z");
        AddUnusable("c");
        _catalog.MarkVanished([early[2]]);
        _catalog.MarkVanished([early[0]], vanished: false);
        Assert.Equal(["k", "l", "m", "x"], Names(Find(withCheckpoint ? identity : null)));
        Assert.Equal(6, TrainingVideos.Load(_catalog, _roots, Stride).Usable.Length);
    }

    [Fact]
    public void One_that_changed_is_not_what_the_run_began_with()
    {
        Add("k", "l");
        var identity = Begin();
        _catalog.UpsertBatch([Entry(_folder.File("k"), 31)]);
        Assert.Null(Find(identity));
        AddUnusable("l");
        Assert.Null(Find(null));
    }

    [Fact]
    public void Rows_of_a_catalogue_that_was_made_anew_are_not_taken_for_those_of_then()
    {
        Add("k", "l", "m");
        var identity = Begin();
        _catalog.Dispose();
        _catalog = VideoCatalog.Open(_folder.File("other.sqlite"));
        Add("a", "k", "l", "m");
        Assert.Null(Find(null));
        Assert.Null(Find(identity));
        // The videos were moved: the catalogue has the same number, lengths and sizes under other names, and no further row.
        _catalog.Dispose();
        _catalog = VideoCatalog.Open(_folder.File("moved.sqlite"));
        Add("q", "r", "s");
        Assert.Equal(["q", "r", "s"], Names(Find(identity)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"rows\":\"1-9999999999999\",\"paths_sha256\":\"\"}")]
    [InlineData("{\"rows\":\"3-1\",\"paths_sha256\":\"\"}")]
    public void A_damaged_file_names_none_and_lengths_and_sizes_decide(string text)
    {
        Add("k", "l");
        var identity = Begin();
        File.WriteAllText(_folder.File("videos.json"), text);
        Assert.Null(Find(null));
        Assert.Equal(["k", "l"], Names(Find(identity)));
        Add("m");
        Assert.Null(Find(identity));
    }

    [Fact]
    public void A_run_of_before_there_was_the_file_is_known_by_lengths_and_sizes_those_that_vanished_with_them()
    {
        var ids = Add("k", "l", "m");
        var identity = Begin();
        File.Delete(_folder.File("videos.json"));
        Assert.Equal(["k", "l", "m"], Names(Find(identity)));
        _catalog.MarkVanished([ids[1]]);
        Assert.Equal(["k", "l", "m"], Names(Find(identity)));
        Assert.Null(Find("3 videos, sha256 0000000000000000"));
    }

    [Fact]
    public void Any_set_of_rows_comes_back_from_its_text() =>
        Gen.Long[1, 60].HashSet[0, 40].Sample(rows => Assert.Equal(rows.Order(), RowRanges.Parse(RowRanges.Text(rows)).Order()));

    [Fact]
    public void Rows_that_follow_each_other_are_a_range() => Assert.Equal("1-3,5,7-8", RowRanges.Text([8, 1, 2, 3, 5, 7]));

    private string Begin()
    {
        var videos = TrainingVideos.Load(_catalog, _roots, Stride);
        RunVideosFile.Write(_folder.Path, _catalog, videos.Usable);
        return videos.Identity;
    }

    private TrainingVideos? Find(string? identity) => TrainingVideos.Find(_folder.Path, _catalog, _roots, Stride, identity);

    private IEnumerable<string> Names(TrainingVideos? videos) =>
        videos!.Usable.Select(video => Path.GetFileName(_catalog.Load(video.Id, checkFile: false).Path));

    private long[] Add(params string[] names) => _catalog.UpsertBatch([.. names.Select(name => Entry(_folder.File(name), 30))]);

    private void AddUnusable(string name) =>
        _catalog.UpsertBatch([CatalogEntry.Unusable(_folder.File(name), 1000, 2000, UnusableReason.Corrupt, $"{name} is broken.")]);

    private static CatalogEntry Entry(string path, int frames)
    {
        var index = new FrameIndex(1, 25, [.. Enumerable.Range(0, frames).Select(frame => (long)frame)], [0], Seekable: true);
        return CatalogEntry.Usable(path, 1000, 2000, new VideoRecord(path, 0, "h264", 64, 48, default, 0, CountedBy.Packets, index));
    }
}
