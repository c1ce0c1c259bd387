using System.Globalization;
using CACL.Data.Catalog;

namespace CACL.Node.RunInputs;

/// <summary>Writes a set of row numbers as text: "1-40,42,44-195". Nearly all rows of a catalogue are used, so the text is short.</summary>
internal static class RowRanges
{
    /// <summary>Returns the text of a set.</summary>
    public static string Text(IEnumerable<long> rows)
    {
        var ranges = new List<(long First, long Last)>();
        foreach (var row in rows as RowSet ?? new RowSet(rows))
        {
            if (ranges.Count > 0 && ranges[^1].Last == row - 1) ranges[^1] = (ranges[^1].First, row);
            else ranges.Add((row, row));
        }

        return string.Join(',', ranges.Select(range => range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")));
    }

    /// <summary>Parses the text of a set.</summary>
    /// <exception cref="FormatException">The text describes no set, or one with more rows than a catalogue can have.</exception>
    public static RowSet Parse(string text)
    {
        const int most = 100_000_000;
        var rows = new RowSet();
        foreach (var range in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-');
            var (first, last) = (Number(ends[0]), Number(ends[^1]));
            if (ends.Length > 2 || last < first || last - first > most - rows.Count)
                throw new FormatException($"{range} is not a range of rows");
            for (var row = first; row <= last; row++) rows.Add(row);
        }

        return rows;
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
