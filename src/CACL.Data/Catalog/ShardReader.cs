using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>
/// Reads the rows of one share's catalogue by path, one at a time, under the names that the joined catalogue gives their folders.
/// </summary>
internal sealed class ShardReader : IDisposable
{
    private readonly CatalogFile _file;
    private SqliteCommand? _command;
    private SqliteDataReader? _reader;
    private List<(string From, string To)> _renamed = [];

    private ShardReader(CatalogFile file, CatalogShard share) => (_file, Share) = (file, share);

    /// <summary>What the catalogue says of itself.</summary>
    internal CatalogShard Share { get; }

    /// <summary>Absolute path of the catalogue.</summary>
    internal string File => _file.Path;

    /// <summary>The row's columns, as a <see cref="CatalogWriter"/> takes them.</summary>
    internal object?[] Values { get; } = new object?[CatalogWriter.Columns.Count];

    /// <summary>The row's frame times, encoded; null where the video is unusable.</summary>
    internal byte[]? Frames { get; private set; }

    /// <summary>Path of the row's video.</summary>
    internal string Path => (string)Values[0]!;

    /// <exception cref="CatalogException">There is no such catalogue, it cannot be read, or it holds no share.</exception>
    internal static ShardReader Open(string path)
    {
        if (!System.IO.File.Exists(path)) throw new CatalogException($"There is no catalogue {System.IO.Path.GetFullPath(path)}.");
        var file = CatalogFile.Open(path);
        try
        {
            return file.Guarded("Reading", CatalogShard.Read) is { } share
                ? new ShardReader(file, share)
                : throw new CatalogException(
                    $"{file.Path} is no shard's catalogue: it was not scanned with --shard. Only shards of one scan can be joined.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal long Count() => _file.Guarded("Reading", connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM videos";
        return (long)command.ExecuteScalar()!;
    });

    /// <summary>Begins to read; the first row is read by <see cref="Next"/>.</summary>
    /// <param name="folders">What the share's folders are called in the joined catalogue, in their order.</param>
    internal void Begin(IReadOnlyList<string> folders)
    {
        _renamed = [.. Share.Folders.Zip(folders).Where(pair => pair.First != pair.Second).OrderByDescending(pair => pair.First.Length)];
        _file.Guarded("Reading", connection =>
        {
            _command = connection.CreateCommand();
            // Without the index, SQLite may sort whole rows in a temporary file.
            _command.CommandText =
                $"SELECT {string.Join(", ", CatalogWriter.Columns)}, data FROM videos INDEXED BY sqlite_autoindex_videos_1 "
                + "LEFT JOIN frame_indices ON video = id ORDER BY path";
            _reader = _command.ExecuteReader();
            return 0;
        });
    }

    /// <summary>Reads the next row; false: there is none.</summary>
    internal bool Next() => _file.Guarded("Reading", _ =>
    {
        if (!_reader!.Read()) return false;
        for (var column = 0; column < Values.Length; column++) Values[column] = _reader.GetValue(column);
        Frames = _reader.IsDBNull(Values.Length) ? null : (byte[])_reader.GetValue(Values.Length);
        Rename();
        return true;
    });

    public void Dispose()
    {
        _reader?.Dispose();
        _command?.Dispose();
        _file.Dispose();
    }

    private void Rename()
    {
        foreach (var (from, to) in _renamed)
        {
            if (!VideoRoots.IsWithin(Path, from)) continue;
            var (old, path) = (Path, System.IO.Path.Join(to, Path[from.Length..]));
            Values[0] = path;
            // Sentences name the file.
            if (Values[CatalogWriter.Message] is string message)
                Values[CatalogWriter.Message] = message.Replace(old, path, StringComparison.Ordinal);
            return;
        }
    }
}
