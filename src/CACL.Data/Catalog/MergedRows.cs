using System.Globalization;
using CACL.Data.Wording;

namespace CACL.Data.Catalog;

/// <summary>The rows of all shares of one scan, by path. What does not fit together is refused before the first row.</summary>
internal sealed class MergedRows : IDisposable
{
    private const int Named = 10;
    private readonly List<ShardReader> _readers = [];

    private MergedRows()
    {
    }

    /// <summary>The folders that the shares divide, under the names that the joined catalogue gives them.</summary>
    internal IReadOnlyList<string> Folders { get; private set; } = [];

    /// <summary>Number of shares.</summary>
    internal int Shards => _readers.Count;

    /// <exception cref="CatalogException">A catalogue cannot be read, or they are not all shares of one scan.</exception>
    internal static MergedRows Open(IReadOnlyList<string> catalogs, IReadOnlyList<string> folders)
    {
        var rows = new MergedRows();
        try
        {
            foreach (var catalog in catalogs)
            {
                rows._readers.Add(ShardReader.Open(catalog));
                rows.RequireFits(rows._readers[^1]);
            }

            rows.RequireWhole();
            rows.Name(folders);
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    internal long Count() => _readers.Sum(reader => reader.Count());

    /// <summary>Returns each row as its reader, which holds it until the next is asked for.</summary>
    internal IEnumerable<ShardReader> All()
    {
        var next = new PriorityQueue<ShardReader, string>(StringComparer.Ordinal);
        foreach (var reader in _readers)
        {
            // The order in which folders were named does not matter where they keep their names.
            reader.Begin(Folders.Count == 0 || IsSameSet(reader.Share.Folders, Folders) ? reader.Share.Folders : Folders);
            if (reader.Next()) next.Enqueue(reader, reader.Path);
        }

        while (next.TryDequeue(out var reader, out _))
        {
            RequireRules(reader);
            yield return reader;
            if (reader.Next()) next.Enqueue(reader, reader.Path);
        }
    }

    public void Dispose()
    {
        foreach (var reader in _readers) reader.Dispose();
    }

    private void RequireFits(ShardReader reader)
    {
        var (first, share) = (_readers[0], reader.Share);
        if (share.Rule != ScanShard.Rule)
        {
            throw new CatalogException(
                $"{reader.File} was scanned by a version of this program that divides files by another rule. Scan it again with this "
                + "one.");
        }

        if (share.Shard.Count != first.Share.Shard.Count)
        {
            throw new CatalogException(
                $"{first.File} is shard {first.Share.Shard} and {reader.File} is shard {share.Shard}: these are not shards of one scan.");
        }

        if (_readers.Find(other => other != reader && other.Share.Shard == share.Shard) is { } twin)
            throw new CatalogException($"{twin.File} and {reader.File} are both shard {share.Shard}. Name each shard once.");
        if (!share.Finished)
        {
            throw new CatalogException(
                $"Shard {share.Shard} ({reader.File}) was not scanned to its end, or folders could not be listed. Continue where its "
                + $"videos are: {CommandLines.ScanVideos} … --shard {share.Shard} --catalog {reader.File}");
        }
    }

    private void RequireWhole()
    {
        var count = _readers.Count > 0 ? _readers[0].Share.Shard.Count : throw new CatalogException("No shard's catalogue was named.");
        var missing = Enumerable.Range(1, count).Except(_readers.Select(reader => reader.Share.Shard.Number)).ToArray();
        if (missing.Length == 0) return;
        var numbers = string.Join(", ", missing.Take(Named).Select(number => number.ToString(CultureInfo.InvariantCulture)));
        throw new CatalogException(
            $"Of {count} shards {(missing.Length == 1 ? "one is" : $"{missing.Length} are")} missing: {numbers}"
            + $"{(missing.Length > Named ? ", …" : "")}. A part is not joined: a training would not miss the rest.");
    }

    private void Name(IReadOnlyList<string> folders)
    {
        var first = _readers[0];
        if (folders.Count > 0 && first.Share.Files.Length > 0)
            throw new CatalogException($"{first.File} was scanned with lists of files, whose names --root cannot change.");
        foreach (var reader in _readers)
        {
            if (reader.Share.Files != first.Share.Files)
                throw new CatalogException($"{first.File} and {reader.File} were scanned with lists that name different files.");
            if (folders.Count == 0 && !IsSameSet(reader.Share.Folders, first.Share.Folders))
            {
                throw new CatalogException(
                    $"{first.File} was scanned from {Words(first.Share.Folders)}, and {reader.File} from {Words(reader.Share.Folders)}. If "
                    + "these are the same folders under other names, say how the training calls them: --root DIR, once for each folder, in "
                    + "the order of the scans.");
            }

            if (folders.Count == 0 || folders.Count == reader.Share.Folders.Count) continue;
            throw new CatalogException(
                $"{reader.File} was scanned from {reader.Share.Folders.Count} folders ({Words(reader.Share.Folders)}), but --root names "
                + $"{folders.Count}.");
        }

        Folders = folders.Count == 0
            ? first.Share.Folders
            : [.. folders.Select(folder => RealPath.Of(folder) ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))];
    }

    // A file that is gone cannot be read again by newer rules.
    private static void RequireRules(ShardReader reader)
    {
        var (rules, own) = ((long)reader.Values[CatalogWriter.ReadingRules]!, CatalogSchema.ReadingRulesOf(reader.Path));
        if (rules == own || (long)reader.Values[CatalogWriter.Vanished]! != 0) return;
        throw new CatalogException(
            $"Shard {reader.Share.Shard} ({reader.File}) was scanned by {(rules < own ? "an older" : "a newer")} version of "
            + "this program, which reads videos by other rules. Scan all shards with one version, then join with it.");
    }

    private static bool IsSameSet(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        one.Count == other.Count && one.Order(StringComparer.Ordinal).SequenceEqual(other.Order(StringComparer.Ordinal));

    private static string Words(IReadOnlyList<string> folders) => folders.Count == 0 ? "no folder" : string.Join(", ", folders);
}
