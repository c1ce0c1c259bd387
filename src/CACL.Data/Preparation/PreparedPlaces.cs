using CACL.Data.Catalog;

namespace CACL.Data.Preparation;

/// <summary>
/// Where the prepared file of each source lies: below the folder, as the source lies below the folder named; of several folders named,
/// below the last part of its name. A source keeps the place that the folder's record has for it.
/// </summary>
internal sealed class PreparedPlaces
{
    private const string Extension = ".mp4";

    private readonly VideoRoots _roots;
    private readonly string? _commonFolder;
    private readonly Dictionary<string, string> _known;
    private readonly Dictionary<string, string> _taken = new(StringComparer.Ordinal);

    /// <exception cref="PreparationException">Two folders named have the same last part.</exception>
    internal PreparedPlaces(VideoRoots roots, PreparationLedger ledger)
    {
        _roots = roots;
        var folders = Folders();
        if (folders.GroupBy(Path.GetFileName).FirstOrDefault(group => group.Count() > 1)?.ToArray() is [var one, var other, ..])
        {
            throw new PreparationException(
                $"{one} and {other} have the same name, so their files would get in each other's way. Prepare them into two folders.");
        }

        _commonFolder = CommonFolder(roots.Files.Where(file => !roots.IsBelowFolders(file)));
        // Where several sources had one place in turn, the last line tells.
        _known = ledger.Lines.GroupBy(line => line.Source).ToDictionary(lines => lines.Key, lines => lines.Last().File);
        foreach (var line in ledger.Lines)
        {
            // The place of a source that is gone is free: it may have been moved, and its file be found again under the same name.
            if (FileStamp.Of(line.Source) is not null) _taken.TryAdd(line.File, line.Source);
        }
    }

    /// <summary>Returns the place of a source, a relative path, which is its alone.</summary>
    internal string Of(string source)
    {
        if (_known.TryGetValue(source, out var known) && _taken.GetValueOrDefault(known) == source) return known;
        var relative = Relative(source);
        var place = relative.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? relative : relative + Extension;
        for (var number = 2; !_taken.TryAdd(place, source); number++) place = $"{relative}~{number}{Extension}";
        return place;
    }

    private string Relative(string source)
    {
        var folders = Folders();
        // The outermost folder counts, whatever is named below it.
        if (folders.Find(folder => VideoRoots.IsWithin(source, folder)) is { } folder)
        {
            var below = Path.GetRelativePath(folder, source);
            return folders.Count == 1 ? below : Path.Combine(Path.GetFileName(folder), below);
        }

        return Path.GetRelativePath(_commonFolder!, source);
    }

    private List<string> Folders() =>
        [.. _roots.Folders.Where(folder => !_roots.Folders.Any(other => other != folder && VideoRoots.IsWithin(folder, other)))];

    private static string? CommonFolder(IEnumerable<string> files)
    {
        string? common = null;
        foreach (var file in files)
        {
            var folder = Path.GetDirectoryName(file)!;
            common ??= folder;
            while (!VideoRoots.IsWithin(folder, common)) common = Path.GetDirectoryName(common)!;
        }

        return common;
    }
}
