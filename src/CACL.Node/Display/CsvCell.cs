namespace CACL.Node.Display;

/// <summary>A cell of a file with commas between cells (RFC 4180).</summary>
internal static class CsvCell
{
    /// <summary>The text, in quotes where it must be.</summary>
    public static string Of(string text) =>
        text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
