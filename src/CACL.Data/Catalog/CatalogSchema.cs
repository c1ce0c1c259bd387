using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>The tables of a catalogue file, and how such a file is told from any other.</summary>
internal static class CatalogSchema
{
    /// <summary>The user_version of the files that this program writes.</summary>
    internal const int Version = 2;

    /// <summary>
    /// The version of the rules by which videos are read; part of every row. Raise it whenever a prober's answer for an unchanged file
    /// changes, so that the next scan reads the file again. Under version 1, mirrored pictures were taken for rotated ones, a picture's own
    /// orientation was not read, and pictures before the first that can be decoded counted as frames.
    /// </summary>
    internal const int ReadingRules = 2;

    /// <summary>
    /// The same for still images. Before version 3, an image of which a part was missing or damaged counted as usable.
    /// </summary>
    internal const int StillReadingRules = 3;

    /// <summary>The application_id: "CACL".</summary>
    private const int ApplicationId = 0x4341434C;

    // The frame indices lie in a table of their own, so that reading the narrow rows does not page through them. The partial index covers
    // everything that a run reads at its start, in the order it needs, so SQLite touches nothing else.
    private const string Tables = """
        CREATE TABLE videos (
            id INTEGER PRIMARY KEY,
            path TEXT NOT NULL UNIQUE,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            reason TEXT,
            message TEXT,
            codec TEXT,
            width INTEGER,
            height INTEGER,
            rotation INTEGER,
            mirrored INTEGER,
            stream_index INTEGER,
            reorder_delay INTEGER,
            frames INTEGER,
            counted_by TEXT,
            time_base_numerator INTEGER,
            time_base_denominator INTEGER,
            seekable INTEGER,
            vanished INTEGER NOT NULL DEFAULT 0,
            scanned_at TEXT NOT NULL,
            reading_rules INTEGER NOT NULL DEFAULT 1);
        CREATE TABLE frame_indices (
            video INTEGER PRIMARY KEY REFERENCES videos(id) ON DELETE CASCADE,
            data BLOB NOT NULL);
        CREATE INDEX usable_videos ON videos(path, frames, width, height) WHERE reason IS NULL AND vanished = 0;
        """;

    // What a file of version 1 lacks.
    private const string Additions = """
        ALTER TABLE videos ADD COLUMN mirrored INTEGER;
        ALTER TABLE videos ADD COLUMN reading_rules INTEGER NOT NULL DEFAULT 1;
        """;

    // The table is created with its first row: catalogues from before there was one are read as they are, and older programs can still read
    // them.
    private const string Scans = "CREATE TABLE IF NOT EXISTS scans (folder TEXT PRIMARY KEY, finished_at TEXT NOT NULL)";

    /// <summary>Returns the version of the rules by which a file is read.</summary>
    internal static int ReadingRulesOf(string path) => VideoFileTypes.IsStill(path) ? StillReadingRules : ReadingRules;

    /// <summary>Notes the folders that a scan walked to the end.</summary>
    internal static void NoteScanned(SqliteConnection connection, IEnumerable<string> folders)
    {
        Execute(connection, Scans);
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO scans (folder, finished_at) VALUES ($folder, $now)";
        var folderName = command.Parameters.Add("$folder", SqliteType.Text);
        command.Parameters.AddWithValue("$now", DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        foreach (var folder in folders)
        {
            folderName.Value = folder;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Returns the folders that scans walked to the end.</summary>
    internal static List<string> Scanned(SqliteConnection connection)
    {
        var folders = new List<string>();
        if (Scalar(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'scans'") == 0) return folders;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT folder FROM scans";
        using var reader = command.ExecuteReader();
        while (reader.Read()) folders.Add(reader.GetString(0));
        return folders;
    }

    /// <summary>Turns an empty file into a catalogue, upgrades an older one, and refuses a file that is no catalogue.</summary>
    internal static void Ensure(SqliteConnection connection, string path)
    {
        var application = (int)Scalar(connection, "PRAGMA application_id");
        var version = Scalar(connection, "PRAGMA user_version");
        var empty = Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (empty && application is 0 or ApplicationId)
        {
            Create(connection);
            return;
        }

        if (application != ApplicationId)
        {
            throw new CatalogException(
                $"{path} is an SQLite database of another program, not a catalogue of videos. Name another file with --catalog.");
        }

        if (version > Version)
        {
            throw new CatalogException(
                $"The catalogue {path} was written by a newer version of this program (schema {version}; this one knows {Version}). "
                + "Use that version, or name another file with --catalog and scan again.");
        }

        if (version < Version) Upgrade(connection);
    }

    private static void Create(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA journal_mode = WAL");
        // Immediate: of two processes that find the file empty, one creates the tables, and the other waits and then sees them.
        using var transaction = connection.BeginTransaction(deferred: false);
        if (Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            Execute(connection, $"{Tables} {CatalogIndices.Statements}");
            Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
        }

        transaction.Commit();
    }

    private static void Upgrade(SqliteConnection connection)
    {
        // Immediate: of two processes that open an older file, one upgrades it, and the other waits and then sees that.
        using var transaction = connection.BeginTransaction(deferred: false);
        if (Scalar(connection, "PRAGMA user_version") < Version) Execute(connection, $"{Additions} PRAGMA user_version = {Version};");
        transaction.Commit();
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
