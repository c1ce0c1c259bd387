using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>
/// The table of prepared files beside the videos that they were made of. It is created with its first row: catalogues from before there was
/// one are read as they are, and older programs can still read them.
/// </summary>
internal static class CatalogPreparations
{
    private const string Table = """
        CREATE TABLE IF NOT EXISTS preparations (
            video INTEGER PRIMARY KEY REFERENCES videos(id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            source_size INTEGER NOT NULL,
            source_modified INTEGER NOT NULL,
            format TEXT NOT NULL,
            codec TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            stream_index INTEGER NOT NULL,
            reorder_delay INTEGER NOT NULL,
            frames INTEGER NOT NULL,
            counted_by TEXT NOT NULL,
            time_base_numerator INTEGER NOT NULL,
            time_base_denominator INTEGER NOT NULL,
            seekable INTEGER NOT NULL,
            data BLOB NOT NULL,
            prepared_at TEXT NOT NULL)
        """;

    private static readonly string[] Columns =
    [
        "video", "path", "size", "modified", "source_size", "source_modified", "format", "codec", "width", "height", "stream_index",
        "reorder_delay", "frames", "counted_by", "time_base_numerator", "time_base_denominator", "seekable", "data", "prepared_at",
    ];

    /// <summary>Returns whether the catalogue has the table.</summary>
    internal static bool Exist(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE name = 'preparations'";
        return (long)command.ExecuteScalar()! > 0;
    }

    /// <summary>Writes rows in one transaction; a row of the same video is replaced.</summary>
    internal static void Write(SqliteConnection connection, IEnumerable<PreparedVideo> videos)
    {
        CatalogSchema.Execute(connection, Table);
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"INSERT OR REPLACE INTO preparations ({string.Join(", ", Columns)}) "
            + $"VALUES ({string.Join(", ", Columns.Select(column => "$" + column))})";
        foreach (var column in Columns) command.Parameters.Add(new SqliteParameter { ParameterName = "$" + column });
        foreach (var video in videos)
        {
            var (record, frames) = (video.Record, video.Record.Frames);
            object[] values =
            [
                video.Video, record.Path, video.Size, video.ModifiedTicks, video.SourceSize, video.SourceModifiedTicks, video.Format,
                record.Codec, record.Width, record.Height, record.StreamIndex, record.ReorderDelay, frames.Count,
                record.CountedBy.ToString(), frames.TimeBaseNumerator, frames.TimeBaseDenominator, frames.Seekable ? 1 : 0,
                FrameIndexCodec.Encode(frames.Times, frames.KeyFrames), DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            ];
            for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>Removes the rows of videos.</summary>
    internal static void Remove(SqliteConnection connection, IEnumerable<long> videos)
    {
        if (!Exist(connection)) return;
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "DELETE FROM preparations WHERE video = $video";
        var id = command.Parameters.Add("$video", SqliteType.Integer);
        foreach (var video in videos)
        {
            id.Value = video;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>Reads the row of one video, or null where there is none.</summary>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    internal static PreparedVideo? Read(SqliteDataReader reader)
    {
        if (!reader.Read()) return null;
        try
        {
            var (times, keyFrames) = FrameIndexCodec.Decode((byte[])reader[17], reader.GetInt32(12));
            var record = new VideoRecord(
                reader.GetString(1),
                reader.GetInt32(10),
                reader.GetString(7),
                reader.GetInt32(8),
                reader.GetInt32(9),
                default,
                reader.GetInt32(11),
                Enum.Parse<CountedBy>(reader.GetString(13)),
                new FrameIndex(reader.GetInt32(14), reader.GetInt32(15), times, keyFrames, reader.GetInt32(16) != 0));
            return new PreparedVideo(
                reader.GetInt64(0), reader.GetInt64(4), reader.GetInt64(5), reader.GetString(6), reader.GetInt64(2), reader.GetInt64(3),
                record);
        }
        catch (Exception error) when (error is InvalidCastException or InvalidOperationException or OverflowException
            or ArgumentException)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    /// <summary>Prepares the statement whose rows <see cref="Read"/> reads; its parameter is the video.</summary>
    internal static SqliteCommand Reading(SqliteConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", Columns)} FROM preparations WHERE video = $video";
        command.Parameters.Add("$video", SqliteType.Integer);
        command.Prepare();
        return command;
    }

    /// <summary>
    /// Passes on the usable videos that have a prepared file, by path: the video, what is known about the file, and its stamp.
    /// </summary>
    internal static void ForEach(SqliteConnection connection, Action<long, ListedPreparation, FileStamp> prepared)
    {
        if (!Exist(connection)) return;
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT id, videos.size, videos.modified, videos.frames, preparations.path, preparations.size, preparations.modified,
                preparations.source_size, preparations.source_modified, preparations.format, preparations.frames
            FROM preparations JOIN videos ON video = id WHERE reason IS NULL AND vanished = 0 ORDER BY videos.path
            """;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var source = new FileStamp(reader.GetInt64(1), reader.GetInt64(2));
            var madeOf = new FileStamp(reader.GetInt64(7), reader.GetInt64(8));
            var known = Known(
                reader.GetString(4), reader.GetString(9), reader.GetInt64(5),
                isOfSource: madeOf == source && reader.GetInt32(10) == reader.GetInt32(3));
            prepared(reader.GetInt64(0), known, new FileStamp(reader.GetInt64(5), reader.GetInt64(6)));
        }
    }

    private static ListedPreparation Known(string path, string format, long size, bool isOfSource) =>
        new(path, format, size, isOfSource ? null : "its source has changed since it was prepared");

    /// <summary>Lists the usable videos by path, each with its prepared file if one is known. No file is looked at.</summary>
    internal static List<(ListedVideo Video, FileStamp Source, FileStamp? Prepared)> List(SqliteConnection connection, VideoRoots? within)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Exist(connection)
            ? """
                SELECT id, videos.path, videos.codec, videos.frames, videos.width, videos.height, videos.size, videos.modified,
                    preparations.path, preparations.size, preparations.modified, preparations.source_size, preparations.source_modified,
                    preparations.format, preparations.frames
                FROM videos LEFT JOIN preparations ON video = id WHERE reason IS NULL AND vanished = 0 ORDER BY videos.path
                """
            : "SELECT id, path, codec, frames, width, height, size, modified, NULL FROM videos WHERE reason IS NULL AND vanished = 0 "
                + "ORDER BY path";
        var videos = new List<(ListedVideo, FileStamp, FileStamp?)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (within is not null && !within.Contains(reader.GetString(1))) continue;
            var source = new FileStamp(reader.GetInt64(6), reader.GetInt64(7));
            FileStamp? stamp = null;
            ListedPreparation? prepared = null;
            if (!reader.IsDBNull(8))
            {
                stamp = new FileStamp(reader.GetInt64(9), reader.GetInt64(10));
                var isOfSource = new FileStamp(reader.GetInt64(11), reader.GetInt64(12)) == source
                    && reader.GetInt32(14) == reader.GetInt32(3);
                prepared = Known(reader.GetString(8), reader.GetString(13), reader.GetInt64(9), isOfSource);
            }

            videos.Add((
                new ListedVideo(
                    reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4),
                    reader.GetInt32(5), prepared),
                source,
                stamp));
        }

        return videos;
    }
}
