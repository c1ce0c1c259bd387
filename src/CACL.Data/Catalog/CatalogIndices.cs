using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>
/// The rows that a training looks for at its start beside the usable ones: those that are unusable, vanished, or read by older rules. They
/// are few, and an index of each kind holds nothing else, so that nobody pages through a table of millions of rows to find none. New
/// catalogues have them, older ones get them from the next scan; without them the table is searched.
/// </summary>
internal static class CatalogIndices
{
    private const string UnusableRows = "reason IS NOT NULL";
    private const string VanishedRows = "reason IS NULL AND vanished <> 0";

    // SQLite finds the extension as VideoFileTypes.IsStill does.
    private const string IsStill =
        "(substr(lower(path), -4) IN ('.jpg', '.png', '.bmp', '.tif') OR substr(lower(path), -5) IN ('.jpeg', '.webp', '.tiff'))";

    /// <summary>Source of the usable rows, with a condition; the index exists in every catalogue.</summary>
    internal const string Usable = "videos INDEXED BY usable_videos WHERE reason IS NULL AND vanished = 0";

    private static readonly string OutdatedRows = string.Create(
        CultureInfo.InvariantCulture,
        $"vanished = 0 AND (reading_rules < {CatalogSchema.ReadingRules} OR "
        + $"(reading_rules < {CatalogSchema.StillReadingRules} AND {IsStill}))");

    // Other rules make other rows outdated.
    private static readonly string OutdatedName = string.Create(
        CultureInfo.InvariantCulture, $"outdated_videos_{CatalogSchema.ReadingRules}_{CatalogSchema.StillReadingRules}");

    /// <summary>Statements that create the indices where they are missing.</summary>
    internal static string Statements =>
        $"""
        CREATE INDEX IF NOT EXISTS unusable_videos ON videos(path, reason) WHERE {UnusableRows};
        CREATE INDEX IF NOT EXISTS vanished_videos ON videos(path, frames, width, height) WHERE {VanishedRows};
        CREATE INDEX IF NOT EXISTS {OutdatedName} ON videos(path) WHERE {OutdatedRows};
        """;

    /// <summary>Creates the indices where they are missing.</summary>
    internal static void Ensure(SqliteConnection connection) => CatalogSchema.Execute(connection, Statements);

    /// <summary>Returns the source of the rows that are not usable, with a condition.</summary>
    internal static string Unusable(SqliteConnection connection) => Source(connection, "unusable_videos", UnusableRows);

    /// <summary>Returns the source of the rows that were usable until they vanished, with a condition.</summary>
    internal static string Vanished(SqliteConnection connection) => Source(connection, "vanished_videos", VanishedRows);

    /// <summary>Returns the source of the rows that were read by older rules, with a condition.</summary>
    internal static string Outdated(SqliteConnection connection) => Source(connection, OutdatedName, OutdatedRows);

    private static string Source(SqliteConnection connection, string index, string rows)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = $name";
        command.Parameters.AddWithValue("$name", index);
        return (long)command.ExecuteScalar()! > 0 ? $"videos INDEXED BY {index} WHERE {rows}" : $"videos WHERE {rows}";
    }
}
