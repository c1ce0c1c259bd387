using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>
/// Reads single rows with statements that are prepared once: a run loads a row for every sample, a scan looks one up for every file.
/// </summary>
internal sealed class CatalogRecords(SqliteConnection connection, string catalog) : IDisposable
{
    private SqliteCommand? _find;
    private SqliteCommand? _load;
    private SqliteCommand? _prepared;

    /// <summary>Returns what is known about a path, or null.</summary>
    internal KnownFile? Find(string path)
    {
        _find ??= Prepared(
            "SELECT id, size, modified, reason, message, vanished, reading_rules FROM videos WHERE path = $key", SqliteType.Text);
        _find.Parameters[0].Value = path;
        using var reader = _find.ExecuteReader();
        if (!reader.Read()) return null;
        var message = reader.IsDBNull(4) ? null : reader.GetString(4);
        var vanished = reader.GetInt32(5) != 0;
        return new KnownFile(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), ReasonAt(reader, 3), message, vanished, reader.GetInt32(6));
    }

    /// <summary>Returns the record of a usable video, and the size and modification time that its file had.</summary>
    /// <exception cref="VideoUnusableException">The video is not usable.</exception>
    /// <exception cref="CatalogException">There is no such row, or the row is damaged.</exception>
    internal (VideoRecord Record, FileStamp Stamp) Load(long id)
    {
        _load ??= Prepared(
            """
            SELECT path, reason, message, stream_index, codec, width, height, rotation, reorder_delay, counted_by,
                   frames, time_base_numerator, time_base_denominator, seekable, data, size, modified, mirrored
            FROM videos LEFT JOIN frame_indices ON video = id WHERE id = $key
            """,
            SqliteType.Integer);
        _load.Parameters[0].Value = id;
        using var reader = _load.ExecuteReader();
        if (!reader.Read()) throw new CatalogException($"The catalogue {catalog} has no video {id}.");
        var path = reader.GetString(0);
        if (ReasonAt(reader, 1) is { } reason) throw new VideoUnusableException(path, reason, reader.GetString(2));
        try
        {
            var (times, keyFrames) = FrameIndexCodec.Decode((byte[])reader[14], reader.GetInt32(10));
            var frames = new FrameIndex(reader.GetInt32(11), reader.GetInt32(12), times, keyFrames, reader.GetInt32(13) != 0);
            var record = new VideoRecord(
                path,
                reader.GetInt32(3),
                reader.GetString(4),
                reader.GetInt32(5),
                reader.GetInt32(6),
                new DisplayOrientation(reader.GetInt32(7), !reader.IsDBNull(17) && reader.GetInt32(17) != 0),
                reader.GetInt32(8),
                Enum.Parse<CountedBy>(reader.GetString(9)),
                frames);
            return (record, new FileStamp(reader.GetInt64(15), reader.GetInt64(16)));
        }
        catch (Exception error) when (error is InvalidDataException or InvalidCastException or InvalidOperationException
            or OverflowException or ArgumentException)
        {
            throw new CatalogException(
                $"The catalogue {catalog} is damaged at {path} ({error.Message}). Delete it and scan again; the videos are not touched.",
                error);
        }
    }

    /// <summary>Returns what is known about the prepared file of a video; null: none is, or its row is damaged.</summary>
    internal PreparedVideo? LoadPrepared(long id)
    {
        if (_prepared is null && !CatalogPreparations.Exist(connection)) return null;
        _prepared ??= CatalogPreparations.Reading(connection);
        _prepared.Parameters[0].Value = id;
        using var reader = _prepared.ExecuteReader();
        try
        {
            return CatalogPreparations.Read(reader);
        }
        catch (InvalidDataException)
        {
            return null; // the source is still there
        }
    }

    /// <summary>
    /// Returns why a row's video is not usable, or null if it is. A reason that a newer program wrote still means "not usable".
    /// </summary>
    internal static UnusableReason? ReasonAt(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null
        : Enum.TryParse<UnusableReason>(reader.GetString(column), out var reason) ? reason
        : UnusableReason.Unreadable;

    public void Dispose()
    {
        _find?.Dispose();
        _load?.Dispose();
        _prepared?.Dispose();
    }

    private SqliteCommand Prepared(string sql, SqliteType keyType)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add("$key", keyType);
        command.Prepare();
        return command;
    }
}
