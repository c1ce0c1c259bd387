using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Tests.Catalog;

/// <summary>All that a catalogue holds, as text, except ids and times of the scan, in which two scans of the same files differ.</summary>
internal static class CatalogRows
{
    public static IReadOnlyList<string> Of(string catalog)
    {
        using var connection = new SqliteConnection($"Data Source={catalog};Pooling=False");
        connection.Open();
        var rows = Lines(connection, "SELECT videos.*, hex(data) FROM videos LEFT JOIN frame_indices ON video = id ORDER BY path");
        // A share's catalogue has no such table.
        var scans = Lines(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'scans'").Count > 0;
        return scans ? [.. rows, .. Lines(connection, "SELECT folder FROM scans ORDER BY folder")] : rows;
    }

    private static List<string> Lines(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .Where(column => reader.GetName(column) is not ("id" or "scanned_at"))
                .Select(column => $"{reader.GetName(column)}={Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)}")));
        }

        return lines;
    }
}
