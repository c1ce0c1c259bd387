using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>Writes rows within one transaction, with statements that are prepared once.</summary>
internal sealed class CatalogWriter : IDisposable
{
    /// <summary>Places of columns in <see cref="Columns"/>.</summary>
    internal const int Reason = 3, Message = 4, Vanished = 17, ReadingRules = 19;

    private static readonly string[] Names =
    [
        "path", "size", "modified", "reason", "message", "codec", "width", "height", "rotation", "mirrored", "stream_index",
        "reorder_delay", "frames", "counted_by", "time_base_numerator", "time_base_denominator", "seekable", "vanished", "scanned_at",
        "reading_rules",
    ];

    /// <summary>The columns of a row, except its id; the first is the path.</summary>
    internal static IReadOnlyList<string> Columns => Names;

    private readonly SqliteCommand _find;
    private readonly SqliteCommand _row;
    private readonly SqliteCommand _frames;
    private readonly SqliteCommand _noFrames;
    private long _last;

    internal CatalogWriter(SqliteConnection connection, SqliteTransaction transaction)
    {
        // The row keeps its id: plans and quarantine files name videos by it. RETURNING would tell it, too, but makes a table of its own
        // for each row, which takes longer than writing it.
        string[] columns = ["id", .. Names];
        var values = string.Join(", ", columns.Select(column => "$" + column));
        var replaced = string.Join(", ", Names.Skip(1).Select(column => $"{column} = excluded.{column}"));
        _find = Command(connection, transaction, "SELECT id FROM videos WHERE path = $path", ["path"]);
        using var last = Command(connection, transaction, "SELECT coalesce(max(id), 0) FROM videos", []);
        _last = (long)last.ExecuteScalar()!;
        _row = Command(
            connection,
            transaction,
            $"INSERT INTO videos ({string.Join(", ", columns)}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET {replaced}",
            columns);
        _frames = Command(
            connection,
            transaction,
            "INSERT INTO frame_indices (video, data) VALUES ($video, $data) ON CONFLICT (video) DO UPDATE SET data = excluded.data",
            ["video", "data"]);
        _noFrames = Command(connection, transaction, "DELETE FROM frame_indices WHERE video = $video", ["video"]);
    }

    internal long Write(CatalogEntry entry)
    {
        var video = entry.Record;
        object?[] values =
        [
            entry.Path, entry.Size, entry.ModifiedTicks, entry.Reason?.ToString(), entry.Message, video?.Codec, video?.Width, video?.Height,
            video?.Orientation.Rotation, video is null ? null : video.Orientation.Mirrored ? 1 : 0, video?.StreamIndex,
            video?.ReorderDelay, video?.Frames.Count, video?.CountedBy.ToString(), video?.Frames.TimeBaseNumerator,
            video?.Frames.TimeBaseDenominator, video is null ? null : video.Frames.Seekable ? 1 : 0,
            0, DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture), CatalogSchema.ReadingRulesOf(entry.Path),
        ];
        return Write(values, video is null ? null : FrameIndexCodec.Encode(video.Frames.Times, video.Frames.KeyFrames));
    }

    /// <summary>Writes a row as another catalogue has it.</summary>
    /// <param name="values">A value for each of <see cref="Columns"/>.</param>
    /// <param name="frames">The frame times, encoded; null: there are none.</param>
    /// <returns>The row's id here.</returns>
    internal long Write(object?[] values, byte[]? frames)
    {
        _find.Parameters[0].Value = values[0];
        var id = _find.ExecuteScalar() as long? ?? ++_last;
        _row.Parameters[0].Value = id;
        for (var i = 0; i < values.Length; i++) _row.Parameters[i + 1].Value = values[i] ?? DBNull.Value;
        _row.ExecuteNonQuery();

        var command = frames is null ? _noFrames : _frames;
        command.Parameters[0].Value = id;
        if (frames is not null) command.Parameters[1].Value = frames;
        command.ExecuteNonQuery();
        return id;
    }

    public void Dispose()
    {
        _find.Dispose();
        _row.Dispose();
        _frames.Dispose();
        _noFrames.Dispose();
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction transaction, string sql, string[] parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var parameter in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = "$" + parameter });
        return command;
    }
}
