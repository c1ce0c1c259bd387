using CACL.Data.Catalog;
using CACL.Testing;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Tests.Catalog;

/// <summary>
/// Tests that a catalogue of version 1 loads, and that the next scan reads each of its videos again, since that version did not record
/// everything.
/// </summary>
public sealed class OlderCatalogTests : IDisposable
{
    // The first version of this program created these tables.
    private const string Tables = """
        CREATE TABLE videos (
            id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, modified INTEGER NOT NULL, reason TEXT, message TEXT,
            codec TEXT, width INTEGER, height INTEGER, rotation INTEGER, stream_index INTEGER, reorder_delay INTEGER, frames INTEGER,
            counted_by TEXT, time_base_numerator INTEGER, time_base_denominator INTEGER, seekable INTEGER,
            vanished INTEGER NOT NULL DEFAULT 0, scanned_at TEXT NOT NULL);
        CREATE TABLE frame_indices (video INTEGER PRIMARY KEY REFERENCES videos(id) ON DELETE CASCADE, data BLOB NOT NULL);
        CREATE INDEX usable_videos ON videos(path, frames, width, height) WHERE reason IS NULL AND vanished = 0;
        PRAGMA application_id = 1128350540;
        PRAGMA user_version = 1;
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _read = [];

    private string CatalogFile => _folder.File("videos.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_rows_are_loaded_as_they_were()
    {
        MakeOld(Video("a.mp4"), Video("b.mp4"));
        using var catalog = VideoCatalog.Open(CatalogFile);
        Assert.Equal([1, 2], catalog.LoadUsable(9).Select(video => video.Id));
        var record = catalog.Load(2);
        Assert.Equal(new DisplayOrientation(90, Mirrored: false), record.Orientation);
        Assert.Equal((256, 340, 20), (record.Width, record.Height, record.Frames.Count));
    }

    [Fact]
    public void Its_unchanged_videos_are_read_once_more_and_keep_their_rows()
    {
        var (one, other) = (Video("a.mp4"), Video("b.mp4"));
        MakeOld(one, other);
        using var catalog = VideoCatalog.Open(CatalogFile);
        Assert.Equal((2, 1), (catalog.CountOutdated(), catalog.CountOutdated(new VideoRoots([one]))));

        Assert.Equal(2, Scan(catalog).Read);
        Assert.Equal([one, other], _read.Order());
        Assert.Equal(0, catalog.CountOutdated());
        Assert.Equal([1, 2], catalog.LoadUsable(9).Select(video => video.Id));
        Assert.Equal(new DisplayOrientation(90, Mirrored: true), catalog.Load(1).Orientation);

        Assert.Equal((0, 2), Scan(catalog) is var again ? (again.Read, again.Unchanged) : default);
    }

    [Fact]
    public void Of_one_whose_images_were_read_by_older_rules_the_images_alone_are_read_once_more()
    {
        var (video, still) = (Video("a.mp4"), Video("b.JPEG"));
        using var catalog = VideoCatalog.Open(CatalogFile);
        Assert.Equal(2, Scan(catalog).Read);
        using (var connection = new SqliteConnection($"Data Source={CatalogFile};Pooling=False"))
        {
            connection.Open();
            CatalogSchema.Execute(connection, "UPDATE videos SET reading_rules = 2");
        }

        _read.Clear();
        Assert.Equal((1, 0), (catalog.CountOutdated(), catalog.CountOutdated(new VideoRoots([video]))));
        Assert.Equal(1, Scan(catalog).Unchanged);
        Assert.Equal([still], _read);
        Assert.Equal(0, catalog.CountOutdated());
    }

    [Fact]
    public void Two_processes_bring_it_up_to_date_once()
    {
        MakeOld(Video("a.mp4"));
        Parallel.For(0, 4, _ => VideoCatalog.Open(CatalogFile).Dispose());
        using var catalog = VideoCatalog.Open(CatalogFile);
        Assert.Equal(1, catalog.CountOutdated());
    }

    [Fact]
    public void It_knows_no_prepared_files_until_the_first_is_noted()
    {
        MakeOld(Video("a.mp4"), Video("b.mp4"));
        var prepared = Video("prepared.mp4");
        using (var catalog = VideoCatalog.Open(CatalogFile))
        {
            Assert.Equal([null, null], catalog.List().Select(video => video.Prepared));
            Assert.Equal("0 of 2 videos", PreparedFiles.Of(catalog, catalog.LoadUsable(9), _ => { }).Identity);
            var (source, file) = (catalog.LoadUnchecked(2).Stamp, new FileInfo(prepared));
            catalog.NotePrepared([
                new PreparedVideo(
                    2, source.Size, source.ModifiedTicks, "small", file.Length, file.LastWriteTimeUtc.Ticks, Records.Record(prepared))]);
        }

        using (var catalog = VideoCatalog.Open(CatalogFile))
        {
            Assert.Equal([null, prepared], catalog.List().Select(video => video.Prepared?.Path));
            var files = PreparedFiles.Of(catalog, catalog.LoadUsable(9), _ => { });
            var video = new PreparedLibrary(catalog, files).Load(2);
            Assert.Equal((prepared, 256, 340), (video.Prepared!.Path, video.Prepared.Width, video.Prepared.Height));
            // Its own record is as it was.
            Assert.Equal(catalog.Load(2).Frames.Times, video.Frames.Times);
            Assert.Equal(Records.Record(prepared).Frames.KeyFrames, video.Prepared.Frames.KeyFrames);
        }

        // A program from before prepared files reads it: the version of its tables is the same.
        using var connection = new SqliteConnection($"Data Source={CatalogFile};Pooling=False");
        connection.Open();
        using var version = connection.CreateCommand();
        version.CommandText = "PRAGMA user_version";
        Assert.Equal(2L, version.ExecuteScalar());
    }

    private ScanReport Scan(VideoCatalog catalog) => new VideoScanner(catalog, () => new MirroredProber(_read)).Scan(
        [_folder.File("videos")], new ScanOptions { Parallelism = 1 }, cancel: TestContext.Current.CancellationToken);

    private string Video(string name)
    {
        Directory.CreateDirectory(_folder.File("videos"));
        File.WriteAllText(_folder.File("videos", name), name);
        return new VideoRoots([_folder.File("videos")]).Folders[0] + "/" + name;
    }

    private void MakeOld(params string[] videos)
    {
        using var connection = new SqliteConnection($"Data Source={CatalogFile};Pooling=False");
        connection.Open();
        CatalogSchema.Execute(connection, $"PRAGMA journal_mode = WAL; {Tables}");
        foreach (var path in videos)
        {
            var frames = Records.Record(path).Frames;
            using var command = connection.CreateCommand();
            command.CommandText = """
                INSERT INTO videos (path, size, modified, codec, width, height, rotation, stream_index, reorder_delay, frames, counted_by,
                    time_base_numerator, time_base_denominator, seekable, scanned_at)
                VALUES ($path, $size, $modified, 'h264', 256, 340, 90, 1, 2, 20, 'Packets', 1, 12800, 1, '2026-01-01T00:00:00Z');
                INSERT INTO frame_indices VALUES (last_insert_rowid(), $data);
                """;
            var file = new FileInfo(path);
            command.Parameters.AddWithValue("$path", path);
            command.Parameters.AddWithValue("$size", file.Length);
            command.Parameters.AddWithValue("$modified", file.LastWriteTimeUtc.Ticks);
            command.Parameters.AddWithValue("$data", FrameIndexCodec.Encode(frames.Times, frames.KeyFrames));
            command.ExecuteNonQuery();
        }
    }

    /// <summary>A prober that reports every video as mirrored.</summary>
    private sealed class MirroredProber(List<string> read) : IVideoProber
    {
        public VideoRecord Probe(string path, TimeSpan deadline, CancellationToken cancel)
        {
            read.Add(path);
            return Records.Record(path);
        }

        public void Dispose()
        {
            // There is nothing to dispose.
        }
    }
}
