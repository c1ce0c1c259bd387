using CACL.Data.Catalog;
using CACL.Testing;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Tests.Catalog;

/// <summary>Tests that a catalogue answers alike with the indices of few rows and without them, and that a scan adds them.</summary>
public sealed class CatalogIndicesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("catalog.sqlite");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_catalogue_without_them_answers_the_same_and_gets_them_by_a_scan()
    {
        Fill();
        var with = Answers();
        Assert.Equal(
            """
            usable b.mp4 f.mp4; stills 2; with vanished b.mp4 d.mp4 f.mp4; unusable a.mp4 c.jpg e.mp4; outdated a.mp4 g.PNG; scanned False
            """,
            with);
        Execute("DROP INDEX unusable_videos", "DROP INDEX vanished_videos", $"DROP INDEX {Outdated()}");
        Assert.Equal(with, Answers());
        using (var catalog = VideoCatalog.Open(File)) catalog.NoteScanned([_folder.Path]);
        Assert.StartsWith("outdated_videos_", Outdated(), StringComparison.Ordinal);
        Assert.Equal(with, Answers());
    }

    [Fact]
    public void No_question_of_a_start_searches_the_whole_table()
    {
        Fill();
        using var connection = Open();
        foreach (var source in new[]
        {
            CatalogIndices.Usable, CatalogIndices.Unusable(connection), CatalogIndices.Vanished(connection),
            CatalogIndices.Outdated(connection),
        })
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"EXPLAIN QUERY PLAN SELECT id, path FROM {source} ORDER BY path";
            using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            Assert.Matches("INDEX (usable|unusable|vanished|outdated)_videos", reader.GetString(3));
            Assert.False(reader.Read()); // no sorting either
        }
    }

    private void Fill()
    {
        using var catalog = VideoCatalog.Open(File);
        var ids = catalog.UpsertBatch(
        [
            CatalogEntry.Unusable(In("a.mp4"), 1, 2, UnusableReason.Decoder, "a.mp4 made a decoder fail"),
            Entry("b.mp4", 30),
            CatalogEntry.Unusable(In("c.jpg"), 1, 2, UnusableReason.Corrupt, "c.jpg is broken"),
            Entry("d.mp4", 30), Entry("e.mp4", 5), Entry("f.mp4", 20), Entry("g.PNG", 1), Entry("h.jpeg", 1), Entry("i.mp4", 5),
        ]);
        catalog.MarkVanished([ids[3], ids[8]]);
        catalog.NoteScanned([_folder.Path]);
        Execute(
            $"UPDATE videos SET reading_rules = 1 WHERE path IN ('{In("a.mp4")}', '{In("d.mp4")}')",
            $"UPDATE videos SET reading_rules = 2 WHERE path = '{In("g.PNG")}'");
    }

    private string Answers()
    {
        using var catalog = VideoCatalog.Open(File);
        var roots = new VideoRoots([_folder.Path]);
        string Names(IEnumerable<long> rows)
        {
            var names = new List<string>();
            catalog.ForEachPath(new RowSet(rows), path => names.Add(Path.GetFileName(path)));
            return string.Join(' ', names);
        }

        var usable = catalog.LoadUsableCountingStills(9, roots, out var stills);
        Assert.Equal(stills, catalog.CountStills(roots));
        Assert.Equal(catalog.CountOutdated(), catalog.CountOutdated(roots));
        string[] all = ["a.mp4", "b.mp4", "c.jpg", "d.mp4", "e.mp4", "f.mp4", "g.PNG", "h.jpeg", "i.mp4"];
        foreach (var name in all) System.IO.File.WriteAllText(In(name), "");
        var outdated = all.Where(name => catalog.CountOutdated(new VideoRoots([In(name)])) > 0).ToList();
        Assert.Equal(outdated.Count, catalog.CountOutdated());
        return $"usable {Names(usable.Select(v => v.Id))}; stills {stills}; "
            + $"with vanished {Names(catalog.LoadUsableAndVanished(9, roots).Select(v => v.Id))}; "
            + $"unusable {string.Join(' ', catalog.LoadUnusable(9, roots).Select(v => Path.GetFileName(v.Path)))}; "
            + $"outdated {string.Join(' ', outdated)}; scanned {catalog.IsScanned(roots)}";
    }

    private string Outdated()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'outdated%'";
        return (string?)command.ExecuteScalar() ?? "none";
    }

    private void Execute(params string[] statements)
    {
        using var connection = Open();
        foreach (var statement in statements) CatalogSchema.Execute(connection, statement);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    private string In(string name) => _folder.File(name);

    private CatalogEntry Entry(string name, int frames)
    {
        var index = new FrameIndex(1, 25, [.. Enumerable.Range(0, frames).Select(i => (long)i)], [0], true);
        return CatalogEntry.Usable(In(name), 1, 2, new VideoRecord(In(name), 0, "h264", 64, 48, default, 0, CountedBy.Packets, index));
    }
}
