using CACL.Data.Catalog;
using CACL.Testing;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Tests.Catalog;

/// <summary>Tests what joining catalogues refuses, and what it does to a catalogue that is there already.</summary>
public sealed class CatalogMergeTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly string _videos;

    public CatalogMergeTests()
    {
        _videos = Directory.CreateDirectory(_temporary.File("mounted", "videos")).FullName;
        for (var i = 0; i < 30; i++) File.WriteAllText(Path.Combine(_videos, $"{i}.mp4"), i % 10 == 0 ? "" : "20 frames");
    }

    private string Target => _temporary.File("joined.db");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Shares_that_are_missing_are_named()
    {
        var shares = ScanShares(4);
        Assert.Contains("one is missing: 3.", Refusal([shares[0], shares[3], shares[1]]), StringComparison.Ordinal);
        Assert.Contains("3 are missing: 1, 3, 4.", Refusal([shares[1]]), StringComparison.Ordinal);
        Assert.Contains("There is no catalogue", Refusal([shares[0], _temporary.File("none.db")]), StringComparison.Ordinal);
        Assert.False(File.Exists(_temporary.File("none.db")));
    }

    [Fact]
    public void Catalogues_that_are_no_shares_of_one_scan_are_refused()
    {
        var (shares, thirds, whole) = (ScanShares(2), ScanShares(3), _temporary.File("whole.db"));
        Scan(whole, null);
        Assert.Contains("whole.db is no shard's catalogue", Refusal([whole, shares[1]]), StringComparison.Ordinal);
        Assert.Contains("are both shard 2/2", Refusal([shares[1], shares[0], shares[1]]), StringComparison.Ordinal);
        Assert.Contains("not shards of one scan", Refusal([shares[0], thirds[1]]), StringComparison.Ordinal);
        File.WriteAllText(_temporary.File("text.db"), new string('x', 5000));
        Assert.Contains("is not a catalogue", Refusal([shares[0], _temporary.File("text.db")]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA user_version = 99", "a newer version")]
    [InlineData("UPDATE shard SET rule = 2", "by another rule")]
    [InlineData("UPDATE videos SET reading_rules = 1", "by an older version")]
    [InlineData("UPDATE videos SET reading_rules = 99", "by a newer version")]
    [InlineData("UPDATE shard SET finished_at = NULL", "not scanned to its end")]
    [InlineData("UPDATE shard SET files = 'other'", "lists that name different files")]
    [InlineData("DROP TABLE frame_indices", "no such table")]
    public void A_share_of_another_version_or_state_is_refused_and_nothing_is_written(string change, string expected)
    {
        var shares = ScanShares(2);
        Alter(shares[1], change);
        Assert.Contains(expected, Refusal(shares), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_two_shares_have_is_refused()
    {
        var shares = ScanShares(2);
        var path = Path.Combine(_videos, "1.mp4");
        foreach (var share in shares)
        {
            using var catalog = VideoCatalog.OpenExisting(share);
            catalog.UpsertBatch([Records.Usable(path)]);
        }

        var message = Refusal(shares);
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains("the shards overlap", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_of_different_names_are_joined_under_the_one_that_is_named()
    {
        var other = _temporary.File("elsewhere", "of the same");
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        string[] shares = [_temporary.File("1.db"), _temporary.File("2.db")];
        Scan(shares[0], new ScanShard(1, 2));
        Directory.Move(_videos, other);
        Scan(shares[1], new ScanShard(2, 2), other);
        Directory.Move(other, _videos);
        Scan(_temporary.File("whole.db"), null);

        var refusal = Refusal(shares);
        Assert.Contains(_videos, refusal, StringComparison.Ordinal);
        Assert.Contains(other, refusal, StringComparison.Ordinal);
        Assert.Contains("--root", refusal, StringComparison.Ordinal);
        Assert.Contains("--root names 2", Refusal(shares, _videos, other), StringComparison.Ordinal);
        Merge(shares, _videos);
        Assert.Equal(CatalogRows.Of(_temporary.File("whole.db")), CatalogRows.Of(Target));
    }

    [Fact]
    public void Lists_are_divided_too_and_must_name_the_same_files()
    {
        var list = Path.Combine(_videos, "list.txt");
        File.WriteAllLines(list, Enumerable.Range(0, 20).Select(i => $"{i}.mp4"));
        Scan(_temporary.File("whole.db"), null, list);
        string[] shares = [_temporary.File("1.db"), _temporary.File("2.db")];
        for (var number = 1; number <= 2; number++) Scan(shares[number - 1], new ScanShard(number, 2), list);
        Assert.Contains("whose names --root cannot change", Refusal(shares, _videos), StringComparison.Ordinal);
        Merge(shares);
        Assert.Equal(CatalogRows.Of(_temporary.File("whole.db")), CatalogRows.Of(Target));
    }

    [Fact]
    public void A_catalogue_that_is_there_becomes_what_a_scan_would_have_made_of_it()
    {
        var scanned = _temporary.File("scanned.db");
        var more = Directory.CreateDirectory(_temporary.File("more")).FullName;
        File.WriteAllText(Path.Combine(more, "a.mp4"), "30 frames");
        foreach (var catalog in new[] { scanned, Target })
        {
            Scan(catalog, null);
            Scan(catalog, null, more);
        }

        var ids = Ids(Target);
        var copy = Prepare(ids[Path.Combine(_videos, "5.mp4")]);
        File.Delete(Path.Combine(_videos, "7.mp4"));
        File.WriteAllText(Path.Combine(_videos, "8.mp4"), "35 frames, changed");
        File.WriteAllText(Path.Combine(_videos, "new.mp4"), "20 frames");
        Scan(scanned, null);
        var report = Merge(ScanShares(3));
        Assert.Equal((3, 30 - 3, 3, 0, 1), (report.Shards, report.Usable, report.Unusable, report.Vanished, report.Gone));
        Assert.Equal(CatalogRows.Of(scanned), CatalogRows.Of(Target));
        Assert.Equal(ids, Ids(Target).Where(row => !row.Key.EndsWith("new.mp4", StringComparison.Ordinal)));
        using var joined = VideoCatalog.OpenExisting(Target);
        Assert.Equal(copy, Assert.Single(joined.List(), video => video.Prepared is { Fault: null }).Prepared!.Path);
    }

    [Fact]
    public void Files_that_vanished_from_a_share_are_joined_as_such()
    {
        var shares = ScanShares(2);
        Scan(_temporary.File("whole.db"), null);
        File.Delete(Path.Combine(_videos, "7.mp4"));
        Assert.Equal(1, Merge(ScanShares(2)).Vanished);
        Scan(_temporary.File("whole.db"), null);
        Assert.Equal(CatalogRows.Of(_temporary.File("whole.db")), CatalogRows.Of(Target));
        Assert.Equal(2, shares.Length);
    }

    [Fact]
    public void A_shares_catalogue_is_not_written_over()
    {
        var shares = ScanShares(2);
        var before = CatalogRows.Of(shares[0]);
        var message = Assert.Throws<CatalogException>(() => CatalogMerge.Merge(
            shares[0], shares, cancel: TestContext.Current.CancellationToken)).Message;
        Assert.Contains("First name the catalogue to write", message, StringComparison.Ordinal);
        Assert.Equal(before, CatalogRows.Of(shares[0]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_merge_that_is_stopped_before_its_end_leaves_everything_as_it_was(bool isThere)
    {
        if (isThere) Scan(Target, null);
        var before = isThere ? CatalogRows.Of(Target) : [];
        File.WriteAllText(Path.Combine(_videos, "new.mp4"), "20 frames");
        var shares = ScanShares(2);
        var files = Directory.GetFiles(_temporary.Path).Order().ToArray();
        using var stop = new CancellationTokenSource();
        // The last report comes before the rows are looked through for those that are gone.
        var progress = new Stopping(stop);
        Assert.Throws<OperationCanceledException>(() => CatalogMerge.Merge(Target, shares, progress: progress, cancel: stop.Token));
        Assert.Equal(before, isThere ? CatalogRows.Of(Target) : []);
        Assert.Equal(files, Directory.GetFiles(_temporary.Path).Order());
        Merge(shares);
    }

    private MergeReport Merge(string[] shares, params string[] roots) =>
        CatalogMerge.Merge(Target, shares, roots, cancel: TestContext.Current.CancellationToken);

    private string Refusal(string[] shares, params string[] roots)
    {
        var message = Assert.Throws<CatalogException>(() => Merge(shares, roots)).Message;
        Assert.Empty(Directory.GetFiles(_temporary.Path, "*joined*"));
        Assert.Empty(Directory.GetFiles(_temporary.Path, ".incomplete*"));
        return message;
    }

    private string[] ScanShares(int count) => [.. Enumerable.Range(1, count).Select(number =>
    {
        var file = _temporary.File($"share-{number}-of-{count}.db");
        Scan(file, new ScanShard(number, count));
        return file;
    })];

    private void Scan(string file, ScanShard? shard, string? root = null)
    {
        using var catalog = VideoCatalog.Open(file);
        new VideoScanner(catalog, () => new LineProber(_ => { })).Scan(
            [root ?? _videos], new ScanOptions { Parallelism = 2, Shard = shard }, cancel: TestContext.Current.CancellationToken);
    }

    private string Prepare(long id)
    {
        var copy = _temporary.File("copy.mp4");
        File.WriteAllText(copy, "a copy");
        using var catalog = VideoCatalog.OpenExisting(Target);
        var (record, source, _) = catalog.LoadUnchecked(id);
        var made = FileStamp.Of(copy)!.Value;
        catalog.NotePrepared(
            [new PreparedVideo(id, source.Size, source.ModifiedTicks, "h264", made.Size, made.ModifiedTicks, record with { Path = copy })]);
        return copy;
    }

    private static void Alter(string file, string change)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = change;
        command.ExecuteNonQuery();
    }

    private static SortedDictionary<string, long> Ids(string file)
    {
        using var catalog = VideoCatalog.OpenExisting(file);
        var ids = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var shape in catalog.LoadUsableAndVanished(0)) ids.Add(catalog.PathOf(shape.Id), shape.Id);
        return ids;
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<MergeProgress>
    {
        public void Report(MergeProgress value) => stop.Cancel();
    }
}
