using System.Text;
using CACL.Data.Catalog;
using CACL.Testing;
using Microsoft.Data.Sqlite;

namespace CACL.Fuzz.Tests.Targets;

/// <summary>Reads a catalogue in every way that the program does.</summary>
internal static class CatalogReading
{
    /// <summary>Makes a catalogue of two usable videos and one that is not, one of the usable ones prepared.</summary>
    public static void Make(string path)
    {
        using var catalog = VideoCatalog.Open(path);
        var frames = new FrameIndex(1, 25, [0, 1, 2, 4], [0, 2], Seekable: true);
        VideoRecord Video(string name) => new(name, 0, "h264", 64, 48, new DisplayOrientation(90, false), 2, CountedBy.Packets, frames);
        var ids = catalog.UpsertBatch(
        [
            CatalogEntry.Usable("/v/a.mp4", 10, 20, Video("/v/a.mp4")),
            CatalogEntry.Usable("/v/b.mp4", 10, 20, Video("/v/b.mp4")),
            CatalogEntry.Unusable("/v/c.mp4", 10, 20, UnusableReason.Unreadable, "/v/c.mp4 is empty"),
        ]);
        catalog.NotePrepared([new PreparedVideo(ids[0], 10, 20, "h264 64x48", 5, 6, Video("/p/a.mp4"))]);
        catalog.NoteScanned(["/"]);
    }

    /// <summary>Reads everything; false: the catalogue is refused, or one of its rows.</summary>
    public static bool Read(VideoCatalog catalog)
    {
        var sound = true;
        foreach (var read in (Action[])[
            () => catalog.LoadUsable(2), () => catalog.LoadUsableAndVanished(1), () => catalog.Counts(2), () => catalog.CountStills(),
            () => catalog.CountOutdated(), () => catalog.LoadUnusable(2), () => catalog.List(), () => catalog.Find("/v/a.mp4"),
            () => catalog.ForEachPath(new RowSet([1, 2, 3]), _ => { }), () => catalog.LoadUnchecked(1),
            () => catalog.Load(2, checkFile: false), () => catalog.Load(3, checkFile: false), () => catalog.IsScanned(Roots)])
        {
            try
            {
                read();
            }
            catch (CatalogException)
            {
                sound = false;
            }
            catch (VideoUnusableException)
            {
                // The third video is.
            }
        }

        return sound;
    }

    private static VideoRoots Roots { get; } = new([Path.GetTempPath()]);
}

/// <summary>
/// Puts odd values into the cells of a catalogue: an input is a list of cells, each its table's column as a byte, a type, a length and that
/// many bytes of value.
/// </summary>
internal sealed class CatalogRowsTarget : IFuzzTarget
{
    private static readonly (string Table, string Column)[] Cells =
    [
        .. "path size modified reason message codec width height rotation mirrored stream_index reorder_delay frames counted_by time_base_numerator time_base_denominator seekable vanished scanned_at reading_rules"
            .Split(' ').Select(c => ("videos", c)),
        ("frame_indices", "data"),
        .. "path size modified source_size source_modified format codec width height stream_index reorder_delay frames counted_by time_base_numerator time_base_denominator seekable data"
            .Split(' ').Select(c => ("preparations", c)),
        ("scans", "folder"),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteConnection _raw;
    private readonly VideoCatalog _catalog;

    public CatalogRowsTarget()
    {
        var path = _folder.File("catalog.sqlite");
        CatalogReading.Make(path);
        _catalog = VideoCatalog.Open(path);
        _raw = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _raw.Open();
        // A hostile catalogue need not keep the program's own constraints: the tables are made anew without them.
        Execute("PRAGMA synchronous = OFF");
        Execute("PRAGMA foreign_keys = OFF");
        foreach (var table in Cells.Select(c => c.Table).Distinct())
        {
            Execute($"CREATE TABLE sound_{table} AS SELECT rowid AS _row, * FROM {table}");
            var columns = Text($"SELECT group_concat(name || ' ' || CASE WHEN pk THEN 'INTEGER PRIMARY KEY' ELSE type END) FROM "
                + $"pragma_table_info('{table}')");
            if (table == "scans") columns = "folder, finished_at";
            Execute($"DROP TABLE {table}");
            Execute($"CREATE TABLE {table} ({columns})");
        }

        Execute("CREATE INDEX usable_videos ON videos(path, frames, width, height) WHERE reason IS NULL AND vanished = 0");
    }

    public IEnumerable<byte[]> Seeds => Enumerable.Range(0, Cells.Length).SelectMany(i => (byte[][])
    [
        [(byte)i, 0, 0], [(byte)i, 1, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [(byte)i, 2, 2, (byte)'7', (byte)'x'],
        [(byte)i, 3, 5, 1, 0, 4, 1, 0], [(byte)i, 4, 8, 0, 0, 0, 0, 0, 0, 0xF0, 0x7F],
    ]);

    public IReadOnlyList<string> Words => ["/v/a.mp4", "Unreadable", "Packets", "Decoding", "\u00ff\u00ff\u00ff\u007f", "\u0001\0", "h264"];

    public bool Read(byte[] input)
    {
        using (var transaction = _raw.BeginTransaction())
        {
            foreach (var table in Cells.Select(c => c.Table).Distinct())
            {
                Execute($"DELETE FROM {table}");
                var columns = Text($"SELECT group_concat(name) FROM pragma_table_info('{table}')");
                Execute($"INSERT INTO {table} ({columns}) SELECT {columns} FROM sound_{table}");
            }

            for (var at = 0; at + 3 <= input.Length;)
            {
                var (table, column) = Cells[input[at] % Cells.Length];
                var value = input.AsSpan(at + 3, Math.Min(input[at + 2], input.Length - at - 3)).ToArray();
                using var command = _raw.CreateCommand();
                command.CommandText = $"UPDATE {table} SET {column} = $value";
                command.Parameters.AddWithValue("$value", Value(input[at + 1], value));
                command.ExecuteNonQuery();
                at += 3 + value.Length;
            }

            transaction.Commit();
        }

        return CatalogReading.Read(_catalog);
    }

    public void Dispose()
    {
        _catalog.Dispose();
        _raw.Dispose();
        _folder.Dispose();
    }

    private static object Value(byte type, byte[] bytes)
    {
        var number = new byte[8];
        bytes.AsSpan(0, Math.Min(8, bytes.Length)).CopyTo(number);
        return (type % 5) switch
        {
            0 => DBNull.Value,
            1 => BitConverter.ToInt64(number),
            2 => Encoding.Latin1.GetString(bytes),
            3 => bytes,
            // SQLite has no NaN.
            _ => double.IsNaN(BitConverter.ToDouble(number)) ? 0.5 : BitConverter.ToDouble(number),
        };
    }

    private void Execute(string sql)
    {
        using var command = _raw.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private string Text(string sql)
    {
        using var command = _raw.CreateCommand();
        command.CommandText = sql;
        return (string)command.ExecuteScalar()!;
    }
}

/// <summary>Reads damaged catalogue files.</summary>
internal sealed class CatalogFileTarget : IFuzzTarget
{
    private readonly TemporaryFolder _folder = new();

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var path = _folder.File("seed.sqlite");
            File.Delete(path);
            CatalogReading.Make(path);
            using (var raw = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
            {
                raw.Open();
                using var command = raw.CreateCommand();
                command.CommandText = "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM";
                command.ExecuteNonQuery();
            }

            yield return File.ReadAllBytes(path);
        }
    }

    public IReadOnlyList<string> Words => ["CREATE VIEW ", "CREATE TRIGGER ", "videos", "INTEGER", "TEXT", "SQLite format 3\0", "CACL", "load_extension"];

    public bool Read(byte[] input)
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Path)) File.Delete(file);
        var path = _folder.File("catalog.sqlite");
        File.WriteAllBytes(path, input);
        try
        {
            using var catalog = VideoCatalog.Open(path);
            return CatalogReading.Read(catalog);
        }
        catch (CatalogException)
        {
            return false;
        }
    }

    public void Dispose() => _folder.Dispose();
}
