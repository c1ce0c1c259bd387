using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>Writes rows within one transaction, with statements that are prepared once.</summary>
internal sealed class CatalogWriter : IDisposable
{
    private static readonly string[] Columns =
    [
        "path", "size", "modified", "reason", "message", "codec", "width", "height", "rotation", "mirrored", "stream_index",
        "reorder_delay", "frames", "counted_by", "time_base_numerator", "time_base_denominator", "seekable", "vanished", "scanned_at",
        "reading_rules",
    ];

    private readonly SqliteCommand _row;
    private readonly SqliteCommand _frames;
    private readonly SqliteCommand _noFrames;

    internal CatalogWriter(SqliteConnection connection, SqliteTransaction transaction)
    {
        // The row keeps its id: plans and quarantine files name videos by it.
        var values = string.Join(", ", Columns.Select(column => "$" + column));
        var replaced = string.Join(", ", Columns.Skip(1).Select(column => $"{column} = excluded.{column}"));
        _row = Command(
            connection,
            transaction,
            $"INSERT INTO videos ({string.Join(", ", Columns)}) VALUES ({values}) ON CONFLICT (path) DO UPDATE SET {replaced} RETURNING id",
            Columns);
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
        for (var i = 0; i < values.Length; i++) _row.Parameters[i].Value = values[i] ?? DBNull.Value;
        var id = (long)_row.ExecuteScalar()!;

        var frames = video is null ? _noFrames : _frames;
        frames.Parameters[0].Value = id;
        if (video is not null) frames.Parameters[1].Value = FrameIndexCodec.Encode(video.Frames.Times, video.Frames.KeyFrames);
        frames.ExecuteNonQuery();
        return id;
    }

    public void Dispose()
    {
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
