using CACL.Data.Files;

namespace CACL.Data.DataSets;

/// <summary>
/// A list of PASCAL VOC: a name per line, or (as in many lists of the extra labels) the paths of the image and the label.
/// </summary>
/// <param name="Path">The list's file.</param>
/// <param name="Names">Names with their line numbers, ordered by name (ordinal).</param>
/// <param name="Faults">A fault for each name that occurs twice.</param>
internal sealed record VocList(string Path, IReadOnlyDictionary<string, int> Names, IReadOnlyList<DataSetException> Faults)
{
    private const int MostLines = 1_000_000;

    /// <summary>Reads a list; empty lines are ignored.</summary>
    /// <exception cref="DataSetException">The list cannot be read, or is too long for a list of images.</exception>
    public static VocList Read(string path)
    {
        var names = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var faults = new List<DataSetException>();
        var line = 0;
        try
        {
            foreach (var text in RegularFile.ReadLines(path))
            {
                if (++line > MostLines)
                    throw new DataSetException(path, $"{path} has more than {MostLines:N0} lines; that is not a list of images.");
                var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (words.Length == 0) continue;
                var name = System.IO.Path.GetFileName(words[0]);
                name = name.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
                if (!names.TryAdd(name, line))
                    faults.Add(
                        new DataSetException(path, $"{path} names {name} twice, in the lines {names[name]} and {line}. Take one out."));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException(path, $"The list {path} cannot be read: {e.Message}", e);
        }

        return new VocList(path, names, faults);
    }
}
