using System.Diagnostics;
using CACL.Data.Files;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>Progress of joining catalogues.</summary>
/// <param name="Rows">Rows joined so far.</param>
/// <param name="Total">Rows of all shares.</param>
public sealed record MergeProgress(long Rows, long Total);

/// <summary>What was joined.</summary>
/// <param name="Shards">Number of shares.</param>
/// <param name="Usable">Videos with frames, of whatever number.</param>
/// <param name="Unusable">Files that cannot be used.</param>
/// <param name="Vanished">Rows whose files a share's last scan no longer found.</param>
/// <param name="Gone">Rows that the catalogue had before, of files that no share has any more.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record MergeReport(int Shards, long Usable, long Unusable, long Vanished, long Gone, double Seconds);

/// <summary>
/// Joins the catalogues of all shares of a scan into the one that a scan of everything would have written. Rows pass through one at a time.
/// A catalogue that exists is changed in one transaction: its rows keep their ids, trainings go on reading it meanwhile, and whatever ends
/// the merge before its end leaves it as it was. A new one appears when it is complete.
/// </summary>
public static class CatalogMerge
{
    private const int RowsBetweenReports = 1000;

    // Rows come by path, so that little more than the ends of the indices is written; what SQLite keeps of them in memory, in KiB.
    private const int CacheKib = 32 * 1024;

    /// <summary>Joins catalogues.</summary>
    /// <param name="target">The catalogue to write.</param>
    /// <param name="shards">The catalogues of all shares, in any order.</param>
    /// <param name="folders">What the folders are called in the joined catalogue, in the order in which the scans named them; none: as
    /// the scans called them, who must agree.</param>
    /// <param name="progress">Receives the progress on the calling thread.</param>
    /// <param name="cancel">Stops; the target is left as it was.</param>
    /// <exception cref="CatalogException">The catalogues do not fit together, or cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    public static MergeReport Merge(
        string target, IReadOnlyList<string> shards, IReadOnlyList<string>? folders = null, IProgress<MergeProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentNullException.ThrowIfNull(shards);
        target = Path.GetFullPath(target);
        var clock = Stopwatch.StartNew();
        using var rows = MergedRows.Open(shards, folders ?? []);
        try
        {
            var report = File.Exists(target) ? Change(target, rows, progress, cancel) : Create(target, rows, progress, cancel);
            return report with { Seconds = clock.Elapsed.TotalSeconds };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CatalogException($"The catalogue {target} cannot be written: {error.Message}", error);
        }
    }

    private static MergeReport Change(string target, MergedRows rows, IProgress<MergeProgress>? progress, CancellationToken cancel)
    {
        using var file = CatalogFile.Open(target);
        if (file.Guarded("Reading", CatalogShard.Read) is { } share)
        {
            throw new CatalogException(
                $"{target} holds shard {share.Shard}, and is not overwritten. First name the catalogue to write, then those of the "
                + "shards.");
        }

        return Write(file, rows, progress, cancel);
    }

    private static MergeReport Create(string target, MergedRows rows, IProgress<MergeProgress>? progress, CancellationToken cancel)
    {
        FileSync.MakeFolder(Path.GetDirectoryName(target)!);
        using var whole = new AtomicFile(target);
        MergeReport report;
        using (var file = CatalogFile.Open(whole.TemporaryPath))
        {
            // Nobody else has the file, and nobody wants a part of it.
            Execute(file, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
            report = Write(file, rows, progress, cancel);
            Execute(file, "PRAGMA journal_mode = WAL");
        }

        FileSync.File(whole.TemporaryPath);
        // SQLite would take a log that a deleted catalogue left for this one's.
        foreach (var suffix in new[] { "-wal", "-shm" }) File.Delete(target + suffix);
        whole.Commit(overwrite: false, durable: true);
        return report;
    }

    private static MergeReport Write(CatalogFile file, MergedRows rows, IProgress<MergeProgress>? progress, CancellationToken cancel) =>
        file.Guarded("Writing to", connection =>
        {
            CatalogSchema.Execute(connection, $"PRAGMA cache_size = -{CacheKib}");
            using var transaction = connection.BeginTransaction();
            var written = new RowSet();
            var (unusable, vanished, total) = (0L, 0L, rows.Count());
            using (var writer = new CatalogWriter(connection, transaction))
            {
                foreach (var row in rows.All())
                {
                    if (written.Count % RowsBetweenReports == 0)
                    {
                        cancel.ThrowIfCancellationRequested();
                        progress?.Report(new MergeProgress(written.Count, total));
                    }

                    if (!written.Add(writer.Write(row.Values, row.Frames)))
                        throw new CatalogException($"{row.Path} is in {row.File}, and in another of the catalogues: the shards overlap.");
                    if ((long)row.Values[CatalogWriter.Vanished]! != 0) vanished++;
                    else if (row.Values[CatalogWriter.Reason] is string) unusable++;
                }
            }

            var gone = MarkGone(connection, written, rows.Folders);
            CatalogIndices.Ensure(connection);
            CatalogSchema.NoteScanned(connection, rows.Folders);
            cancel.ThrowIfCancellationRequested();
            transaction.Commit();
            progress?.Report(new MergeProgress(written.Count, total));
            return new MergeReport(rows.Shards, written.Count - unusable - vanished, unusable, vanished, gone, 0);
        });

    private static int MarkGone(SqliteConnection connection, RowSet written, IReadOnlyList<string> folders)
    {
        var gone = new List<long>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT id, path FROM videos WHERE vanished = 0";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (!written.Contains(reader.GetInt64(0)) && folders.Any(folder => VideoRoots.IsWithin(reader.GetString(1), folder)))
                    gone.Add(reader.GetInt64(0));
            }
        }

        using var mark = connection.CreateCommand();
        mark.CommandText = "UPDATE videos SET vanished = 1 WHERE id = $id";
        var id = mark.Parameters.Add("$id", SqliteType.Integer);
        foreach (var row in gone)
        {
            id.Value = row;
            mark.ExecuteNonQuery();
        }

        return gone.Count;
    }

    private static void Execute(CatalogFile file, string sql) => file.Guarded("Writing to", connection =>
    {
        CatalogSchema.Execute(connection, sql);
        return 0;
    });
}
