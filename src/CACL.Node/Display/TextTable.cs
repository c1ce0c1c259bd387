namespace CACL.Node.Display;

/// <summary>A table in plain text.</summary>
internal static class TextTable
{
    /// <summary>Writes rows with aligned columns, two spaces between them.</summary>
    /// <param name="rows">At least one; the first may be a heading. All have as many cells.</param>
    /// <param name="output">Where they go.</param>
    public static void Write(IReadOnlyList<string[]> rows, TextWriter output)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
    }
}
