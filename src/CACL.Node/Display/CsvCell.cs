namespace CACL.Node.Display;

/// <summary>A cell of a CSV file (RFC 4180).</summary>
internal static class CsvCell
{
    /// <summary>Returns the text, in quotes where necessary.</summary>
    public static string Of(string text) =>
        text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
