using System.Globalization;
using System.Runtime.InteropServices;
using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Isolated;

/// <summary>
/// Parses ffprobe's compact output, a line per section: "packet|stream_index=0|pts=512|flags=K_". Sections within a section differ by
/// version: side data is "|side_data|rotation=90" in 5.1 and "|side_datum/display_matrix:rotation=90" since 6.1, and in 4.4 it is glued to
/// the value before it ("flags=K_side_data|…") or begins a line of its own where another inner section came before it.
/// </summary>
internal static class FfprobeText
{
    private const string SideData = "side_data";

    /// <summary>
    /// Returns the fields of a line, those of inner sections without their section's name; empty if the line is of another section.
    /// </summary>
    internal static Dictionary<string, string> Fields(string line, string section)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var parts = line.Split('|');
        if (parts[0] != section) return fields;
        foreach (var part in parts.Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) continue;
            var (name, value) = (part[..equals], part[(equals + 1)..]);
            if (value.EndsWith(SideData, StringComparison.Ordinal)) value = value[..^SideData.Length];
            fields.TryAdd(name[(name.LastIndexOf(':') + 1)..], value);
        }

        return fields;
    }

    /// <summary>Returns a number, or null where ffprobe says N/A or nothing.</summary>
    internal static long? Number(this Dictionary<string, string> fields, string key) =>
        fields.TryGetValue(key, out var text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Returns the orientation of a section with a display matrix (three numbered rows of three numbers), or null.</summary>
    internal static DisplayOrientation? Orientation(this Dictionary<string, string> fields)
    {
        if (!fields.TryGetValue("displaymatrix", out var text)) return null;
        var matrix = new List<int>(9);
        foreach (var row in text.Split("\\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var numbers = row[(row.IndexOf(':', StringComparison.Ordinal) + 1)..];
            foreach (var number in numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return null;
                matrix.Add(value);
            }
        }

        return matrix.Count == 9 ? DisplayOrientation.OfMatrix(CollectionsMarshal.AsSpan(matrix)) : null;
    }

    /// <summary>Returns the last line that a program wrote to standard error, without the file's name in front.</summary>
    internal static string LastLine(string errorOutput, string path)
    {
        var line = errorOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
        var prefix = $"file:{path}: ";
        if (line.StartsWith(prefix, StringComparison.Ordinal)) line = line[prefix.Length..];
        return line.Length == 0 ? "" : $"ffmpeg says: {line.TrimEnd('.')}.";
    }
}
