using CACL.Data.Catalog;
using CACL.Node.RunInputs;
using CACL.Testing;

namespace CACL.Node.Tests.Training;

/// <summary>The videos that a run began with, found again in a catalogue into which more was scanned since.</summary>
public sealed class TrainingVideosTests : IDisposable
{
    private const int Stride = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly VideoCatalog _catalog;
    private readonly VideoRoots _roots;

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
    public void They_are_those_of_today_where_nothing_was_scanned_since()
    {
        Add(("b", 20), ("a", 30));
        Assert.Equal(["a", "b"], Names(Find(Began())));
    }

    [Fact]
    public void What_came_since_takes_no_part_wherever_its_name_stands()
    {
        Add(("m", 20), ("k", 30), ("x", 25));
        var identity = Began();
        Add(("a", 22), ("l", 23), ("z", 24));
        AddUnusable("b");
        Assert.Equal(["k", "m", "x"], Names(Find(identity)));
        Assert.Equal(6, TrainingVideos.Load(_catalog, _roots, Stride).Usable.Length);
    }

    [Fact]
    public void What_vanished_since_still_takes_part()
    {
        var ids = Add(("m", 20), ("k", 30), ("x", 25));
        var identity = Began();
        _catalog.MarkVanished([ids[1]]);
        Assert.Equal(["k", "m", "x"], Names(Find(identity)));
        Add(("a", 22), ("b", 27));
        Assert.Equal(["k", "m", "x"], Names(Find(identity)));
    }

    [Fact]
    public void Others_of_the_same_number_or_one_that_changed_are_not_they()
    {
        Add(("m", 20), ("k", 30));
        var identity = Began();
        Add(("k", 31));
        Assert.Null(Find(identity));
        Assert.Null(Find("2 videos, sha256 0000000000000000"));
        Assert.Null(Find("nonsense"));
    }

    [Fact]
    public void Where_it_cannot_be_told_which_they_were_nothing_is_guessed()
    {
        // All alike: with one gone and two come, the first three of today and the first three of all fit.
        var ids = Add(("k", 20), ("l", 20), ("m", 20));
        var identity = Began();
        _catalog.MarkVanished([ids[0]]);
        Add(("n", 20), ("o", 20));
        Assert.Null(Find(identity));
    }

    private string Began() => TrainingVideos.Load(_catalog, _roots, Stride).Identity;

    private TrainingVideos? Find(string identity) => TrainingVideos.Find(_catalog, _roots, Stride, identity);

    private IEnumerable<string> Names(TrainingVideos? videos) =>
        videos!.Usable.Select(video => Path.GetFileName(_catalog.Load(video.Id, checkFile: false).Path));

    private long[] Add(params (string Name, int Frames)[] videos) =>
        _catalog.UpsertBatch([.. videos.Select(video => Entry(_folder.File(video.Name), video.Frames))]);

    private void AddUnusable(string name) =>
        _catalog.UpsertBatch([CatalogEntry.Unusable(_folder.File(name), 1000, 2000, UnusableReason.Corrupt, $"{name} is broken.")]);

    private static CatalogEntry Entry(string path, int frames)
    {
        var index = new FrameIndex(1, 25, [.. Enumerable.Range(0, frames).Select(frame => (long)frame)], [0], Seekable: true);
        return CatalogEntry.Usable(path, 1000, 2000, new VideoRecord(path, 0, "h264", 64, 48, default, 0, CountedBy.Packets, index));
    }
}
