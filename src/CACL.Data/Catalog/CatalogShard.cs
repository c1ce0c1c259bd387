using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CACL.Data.Wording;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>
/// What a catalogue says of itself if it holds one share of a scan that several machines divide. Other catalogues lack the tables. Such a
/// catalogue never counts as a scan of its folders: a training that took it for one would train on a part without a word.
/// </summary>
/// <param name="Shard">The share.</param>
/// <param name="Rule">The rule by which files were divided.</param>
/// <param name="Folders">The folders that are divided, as this machine names them.</param>
/// <param name="Files">A hash of the files that were named one by one or by lists; empty where there were none.</param>
/// <param name="Finished">Whether a scan reached its end.</param>
internal sealed record CatalogShard(ScanShard Shard, int Rule, IReadOnlyList<string> Folders, string Files, bool Finished)
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS shard (
            id INTEGER PRIMARY KEY CHECK (id = 1), rule INTEGER NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL,
            files TEXT NOT NULL, finished_at TEXT);
        CREATE TABLE IF NOT EXISTS shard_folders (position INTEGER PRIMARY KEY, folder TEXT NOT NULL);
        """;

    /// <summary>Reads what the catalogue says; null: it is no share.</summary>
    internal static CatalogShard? Read(SqliteConnection connection)
    {
        if (!Has(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'shard'")) return null;
        var folders = new List<string>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT folder FROM shard_folders ORDER BY position";
            using var reader = command.ExecuteReader();
            while (reader.Read()) folders.Add(reader.GetString(0));
        }

        using var row = connection.CreateCommand();
        row.CommandText = "SELECT number, count, rule, files, finished_at FROM shard";
        using var values = row.ExecuteReader();
        return values.Read()
            ? new CatalogShard(
                new ScanShard(values.GetInt32(0), values.GetInt32(1)), values.GetInt32(2), folders, values.GetString(3),
                Finished: !values.IsDBNull(4))
            : null;
    }

    /// <summary>Makes sure, before a scan, that the catalogue is the one for this share of these files, or for all of them.</summary>
    /// <exception cref="CatalogException">It holds something else.</exception>
    internal static void Begin(CatalogFile file, ScanShard? shard, VideoRoots roots) => file.Guarded("Writing to", connection =>
    {
        using var transaction = connection.BeginTransaction();
        var known = Read(connection);
        if (known is not null) known.RequireSame(shard, roots, file.Path);
        else if (shard is not null) Of(shard, roots).Write(connection, file.Path);
        transaction.Commit();
        return 0;
    });

    /// <summary>Notes that the share was scanned to its end.</summary>
    internal static void Finish(CatalogFile file) => file.Guarded("Writing to", connection =>
    {
        CatalogIndices.Ensure(connection);
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE shard SET finished_at = $now";
        command.Parameters.AddWithValue("$now", DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        return command.ExecuteNonQuery();
    });

    private static CatalogShard Of(ScanShard shard, VideoRoots roots) =>
        new(shard, ScanShard.Rule, [.. roots.Folders], HashOf(roots), Finished: false);

    private void RequireSame(ScanShard? shard, VideoRoots roots, string path)
    {
        var holds = $"The catalogue {path} holds shard {Shard} of a scan, ";
        if (shard is null)
        {
            throw new CatalogException(
                $"{holds}not all of it. Join the catalogues of all shards: {CommandLines.MergeCatalogs} OUT CATALOGUE…");
        }

        if (shard != Shard || Rule != ScanShard.Rule)
            throw new CatalogException($"{holds}not shard {shard} as this version divides it. Name another file with --catalog.");
        if (!Folders.SequenceEqual(roots.Folders, StringComparer.Ordinal) || Files != HashOf(roots))
        {
            throw new CatalogException(
                $"{holds}of other folders or files ({string.Join(", ", Folders)}). Name them in the same order, or another file with "
                + "--catalog.");
        }
    }

    private void Write(SqliteConnection connection, string path)
    {
        if (Has(connection, "SELECT 1 FROM videos LIMIT 1"))
        {
            throw new CatalogException(
                $"The catalogue {path} holds a scan that is not divided; shard {Shard} needs one of its own. Name another file with "
                + "--catalog.");
        }

        CatalogSchema.Execute(connection, Tables);
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO shard (id, rule, number, count, files) VALUES (1, $rule, $number, $count, $files)";
        command.Parameters.AddWithValue("$rule", Rule);
        command.Parameters.AddWithValue("$number", Shard.Number);
        command.Parameters.AddWithValue("$count", Shard.Count);
        command.Parameters.AddWithValue("$files", Files);
        command.ExecuteNonQuery();
        foreach (var folder in Folders)
        {
            using var row = connection.CreateCommand();
            row.CommandText = "INSERT INTO shard_folders (folder) VALUES ($folder)";
            row.Parameters.AddWithValue("$folder", folder);
            row.ExecuteNonQuery();
        }
    }

    private static string HashOf(VideoRoots roots)
    {
        if (roots.Files.Count == 0) return "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in roots.Files.Order(StringComparer.Ordinal)) hash.AppendData(Encoding.UTF8.GetBytes(path + '\0'));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool Has(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return command.ExecuteScalar() is not null;
    }
}
