using CACL.Data.Sampling;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>Reads what a run holds of each of its videos: twenty-four bytes, whatever their number.</summary>
internal static class CatalogShapes
{
    private const string Columns = "SELECT id, frames, width, height, path FROM ";

    /// <summary>Reads the usable videos with enough frames, by path, and counts the still images among all usable ones.</summary>
    internal static (VideoShape[] Shapes, int Stills) Usable(SqliteConnection connection, int minFrames, VideoRoots? within)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"{Columns}{CatalogIndices.Usable} ORDER BY path";
        var (shapes, stills) = (new Chunks(), 0);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var path = reader.GetString(4);
            if (within is not null && !within.Contains(path)) continue;
            if (VideoFileTypes.IsStill(path)) stills++;
            var shape = At(reader);
            if (shape.Frames >= minFrames) shapes.Add(shape);
        }

        return (shapes.ToArray(), stills);
    }

    /// <summary>Reads the videos with enough frames that are usable or were until they vanished, by path.</summary>
    internal static VideoShape[] UsableAndVanished(SqliteConnection connection, int minFrames, VideoRoots? within, RowSet? among)
    {
        using var command = connection.CreateCommand();
        // Both are read in their indices' order, and merged.
        command.CommandText =
            $"{Columns}{CatalogIndices.Usable} AND frames >= $min UNION ALL "
            + $"{Columns}{CatalogIndices.Vanished(connection)} AND frames >= $min ORDER BY path";
        command.Parameters.AddWithValue("$min", minFrames);
        var shapes = new Chunks();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (among is not null && !among.Contains(reader.GetInt64(0))) continue;
            if (within is null || within.Contains(reader.GetString(4))) shapes.Add(At(reader));
        }

        return shapes.ToArray();
    }

    private static VideoShape At(SqliteDataReader reader) =>
        new(reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3));

    /// <summary>A list that does not move what it holds while it grows.</summary>
    private sealed class Chunks
    {
        private const int Length = 1 << 16;
        private readonly List<VideoShape[]> _full = [];
        private VideoShape[] _open = [];
        private int _count;

        public void Add(VideoShape shape)
        {
            if (_count == _open.Length)
            {
                if (_count > 0) _full.Add(_open);
                // A small catalogue takes little.
                _open = new VideoShape[_full.Count == 0 && _count == 0 ? 256 : Length];
                _count = 0;
            }

            _open[_count++] = shape;
        }

        public VideoShape[] ToArray()
        {
            var all = new VideoShape[_full.Sum(chunk => chunk.Length) + _count];
            var at = 0;
            foreach (var chunk in _full)
            {
                chunk.CopyTo(all, at);
                at += chunk.Length;
            }

            _open.AsSpan(0, _count).CopyTo(all.AsSpan(at));
            return all;
        }
    }
}
