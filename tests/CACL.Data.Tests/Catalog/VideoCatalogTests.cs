using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Testing;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Tests.Catalog;

public sealed class VideoCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string CatalogFile => _folder.File("videos.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_record_comes_back_as_it_was_written_also_after_a_restart()
    {
        var written = Records.Record("/v/a b's \"ü\n.mp4", frames: 300) with { CountedBy = CountedBy.Decoding };
        long id;
        using (var catalog = VideoCatalog.Open(CatalogFile))
            id = catalog.UpsertBatch([CatalogEntry.Usable(written.Path, 1, 2, written)])[0];

        using var again = VideoCatalog.OpenExisting(CatalogFile);
        var read = again.Load(id, checkFile: false);
        Assert.Equal(written.Frames.Times, read.Frames.Times);
        Assert.Equal(written.Frames.KeyFrames, read.Frames.KeyFrames);
        Assert.Equal(written, read with { Frames = written.Frames });
        Assert.Equal(written.Frames, read.Frames with { Times = written.Frames.Times, KeyFrames = written.Frames.KeyFrames });
    }

    [Fact]
    public void Usable_videos_come_ordered_by_path_whatever_order_they_were_written_in()
    {
        string[] paths = ["/v/b/1.mp4", "/v/a/2.mp4", "/v/B/0.mp4", "/v/a.mp4", "/v/ä.mp4", "/v/a/10.mp4"];
        using var catalog = VideoCatalog.Open(CatalogFile);
        var ids = catalog.UpsertBatch([.. paths.Select(path => Records.Usable(path))]);
        var inOrder = catalog.LoadUsable(9).Select(shape => paths[Array.IndexOf(ids, shape.Id)]);
        Assert.Equal(paths.Order(StringComparer.Ordinal), inOrder);
    }

    [Fact]
    public void Only_videos_that_are_usable_long_enough_and_there_are_sampled()
    {
        using var catalog = VideoCatalog.Open(CatalogFile);
        var ids = catalog.UpsertBatch(
            [Records.Usable("/v/good", 9), Records.Usable("/v/short", 8), Records.Unusable("/v/bad"), Records.Usable("/v/gone", 50)]);
        catalog.MarkVanished([ids[3]]);

        Assert.Equal([new VideoShape(ids[0], 9, 340, 256)], catalog.LoadUsable(9));
        Assert.Equal(2, catalog.LoadUsable(1).Length);
        var counts = catalog.Counts(9);
        Assert.Equal((1, 1, 1), (counts.Usable, counts.TooShort, counts.Vanished));
        Assert.Equal([new(UnusableReason.Corrupt, 1)], counts.Unusable);
    }

    [Fact]
    public void A_row_written_again_keeps_its_id_and_loses_what_it_held_before()
    {
        using var catalog = VideoCatalog.Open(CatalogFile);
        var first = catalog.UpsertBatch([Records.Usable("/v/a", 30)])[0];
        catalog.MarkVanished([first]);
        Assert.Equal(first, catalog.UpsertBatch([Records.Usable("/v/a", 40)])[0]);
        Assert.Equal(40, catalog.Load(first, checkFile: false).Frames.Count);

        Assert.Equal(first, catalog.UpsertBatch([Records.Unusable("/v/a")])[0]);
        Assert.Empty(catalog.LoadUsable(1));
        var error = Assert.Throws<VideoUnusableException>(() => catalog.Load(first, checkFile: false));
        Assert.Equal((UnusableReason.Corrupt, "/v/a is broken."), (error.Reason, error.Message));
    }

    [Fact]
    public void Only_what_the_run_names_is_sampled()
    {
        foreach (var name in (string[])["one/a.mp4", "one/b.mp4", "one-more/c.mp4", "two/d.mp4", "two/e.mp4"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
            File.WriteAllText(_folder.File(name), "x");
        }

        File.WriteAllText(_folder.File("list.txt"), "# chosen\n\ntwo/e.mp4\n");
        using var catalog = VideoCatalog.Open(CatalogFile);
        var real = new VideoRoots([_folder.Path]).Folders[0];
        var paths = Directory.GetFiles(real, "*.mp4", SearchOption.AllDirectories);
        var ids = catalog.UpsertBatch([.. paths.Select(path => Records.Usable(path))]);

        string[] Chosen(params string[] roots) =>
            [.. catalog.LoadUsable(9, new VideoRoots(roots)).Select(shape => Path.GetFileName(paths[Array.IndexOf(ids, shape.Id)]))];

        Assert.Equal(["a.mp4", "b.mp4"], Chosen(_folder.File("one")));
        Assert.Equal(["a.mp4", "b.mp4"], Chosen(_folder.File("one") + "/"));
        Assert.Equal(["a.mp4", "b.mp4", "e.mp4"], Chosen(_folder.File("one"), _folder.File("list.txt")));
        Assert.Equal(["d.mp4"], Chosen(_folder.File("two", "d.mp4")));
        Assert.Equal(1, catalog.Counts(9, new VideoRoots([_folder.File("list.txt")])).Usable);
    }

    [Fact]
    public void A_file_that_changed_or_went_since_the_scan_is_named()
    {
        var path = _folder.File("a.mp4");
        File.WriteAllText(path, "12345");
        var modified = File.GetLastWriteTimeUtc(path).Ticks;
        using var catalog = VideoCatalog.Open(CatalogFile);
        var id = catalog.UpsertBatch([CatalogEntry.Usable(path, 5, modified, Records.Record(path))])[0];
        Assert.Equal(path, catalog.Load(id).Path);

        File.WriteAllText(path, "123456");
        Assert.Equal(UnusableReason.Changed, Assert.Throws<VideoUnusableException>(() => catalog.Load(id)).Reason);
        File.Delete(path);
        Assert.Equal(UnusableReason.Unreadable, Assert.Throws<VideoUnusableException>(() => catalog.Load(id)).Reason);
    }

    [Fact]
    public void Several_threads_may_load_while_rows_are_written()
    {
        using var catalog = VideoCatalog.Open(CatalogFile);
        var ids = catalog.UpsertBatch([.. Enumerable.Range(0, 50).Select(row => Records.Usable($"/v/{row}", 20 + row))]);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            if (i % 20 == 0) catalog.UpsertBatch([Records.Usable($"/w/{i}")]);
            Assert.Equal(20 + (i % 50), catalog.Load(ids[i % 50], checkFile: false).Frames.Count);
        });
        Assert.Equal(70, catalog.LoadUsable(9).Length);
    }

    [Fact]
    public void Two_processes_may_use_one_catalogue()
    {
        using var one = VideoCatalog.Open(CatalogFile);
        using var other = VideoCatalog.Open(CatalogFile);
        one.UpsertBatch([Records.Usable("/v/a")]);
        other.UpsertBatch([Records.Usable("/v/b")]);
        Assert.Equal(2, one.LoadUsable(9).Length);
        Assert.Equal(2, other.LoadUsable(9).Length);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        File.WriteAllText(CatalogFile, new string('x', 5000));
        var error = Assert.Throws<CatalogException>(() => VideoCatalog.Open(CatalogFile));
        Assert.Contains(CatalogFile, error.Message, StringComparison.Ordinal);
        Assert.Contains("not a catalogue", error.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), File.ReadAllText(CatalogFile));
    }

    [Fact]
    public void The_database_of_another_program_is_refused()
    {
        Sql("CREATE TABLE songs (title TEXT)");
        Assert.Contains(
            "another program", Assert.Throws<CatalogException>(() => VideoCatalog.Open(CatalogFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalogue_of_a_newer_version_is_refused()
    {
        VideoCatalog.Open(CatalogFile).Dispose();
        Sql("PRAGMA user_version = 99");
        Assert.Contains(
            "newer version", Assert.Throws<CatalogException>(() => VideoCatalog.Open(CatalogFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_catalogue_says_so()
    {
        using (var catalog = VideoCatalog.Open(CatalogFile))
            catalog.UpsertBatch([.. Enumerable.Range(0, 2000).Select(row => Records.Usable($"/v/{row}"))]);
        using (var file = File.OpenWrite(CatalogFile))
        {
            file.Position = 8192;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)(file.Length - 8192)).ToArray());
        }

        var error = Assert.Throws<CatalogException>(() =>
        {
            using var catalog = VideoCatalog.Open(CatalogFile);
            catalog.LoadUsable(1);
        });
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_frame_index_says_so()
    {
        using (var catalog = VideoCatalog.Open(CatalogFile)) catalog.UpsertBatch([Records.Usable("/v/a")]);
        Sql("UPDATE frame_indices SET data = x'01ff'");
        using var again = VideoCatalog.Open(CatalogFile);
        var error = Assert.Throws<CatalogException>(() => again.Load(again.LoadUsable(1)[0].Id, checkFile: false));
        Assert.Contains("damaged at /v/a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_one_sentence_and_keeps_what_was_written_before()
    {
        using var catalog = VideoCatalog.Open(CatalogFile);
        catalog.UpsertBatch([Records.Usable("/v/first")]);
        // SQLite's own limit causes the same error as a full disk.
        catalog.LimitPages(40);
        var error = Assert.Throws<CatalogException>(() =>
            catalog.UpsertBatch([.. Enumerable.Range(0, 5000).Select(row => Records.Usable($"/v/{row}"))]));
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.Single(catalog.LoadUsable(1));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_one_sentence()
    {
        Assert.Contains(
            "is a folder", Assert.Throws<CatalogException>(() => VideoCatalog.Open(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "/proc/none", Assert.Throws<CatalogException>(() => VideoCatalog.Open("/proc/none/videos.db")).Message,
            StringComparison.Ordinal);
        var missing = Assert.Throws<CatalogException>(() => VideoCatalog.OpenExisting(_folder.File("none.db")));
        Assert.Contains("cacl videos scan", missing.Message, StringComparison.Ordinal);
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={CatalogFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
