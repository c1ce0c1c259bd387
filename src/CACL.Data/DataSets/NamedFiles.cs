namespace CACL.Data.DataSets;

/// <summary>The files below a folder, by the name that an image and its label share.</summary>
internal sealed class NamedFiles
{
    // Links are followed, since data sets are often made of them; a link to a folder above must not cause an endless loop.
    private static readonly EnumerationOptions Below =
        new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.None };

    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly List<DataSetException> _faults = [];

    /// <summary>Paths by name, ordered by name (ordinal).</summary>
    public IReadOnlyDictionary<string, string> Files => _files;

    /// <summary>A fault for each name that two files share.</summary>
    public IReadOnlyList<DataSetException> Faults => _faults;

    /// <summary>Finds files below a folder.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="nameOf">Returns a file's name without what does not belong to it (extension, suffix), or null for any other
    /// file.</param>
    /// <exception cref="DataSetException">The folder cannot be listed.</exception>
    public static NamedFiles Find(string folder, Func<string, string?> nameOf)
    {
        var found = new NamedFiles();
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*", Below))
            {
                // Hidden files belong to other programs (.DS_Store, ._NAME.png) and are no images of ours.
                if (Path.GetFileName(path).StartsWith('.') || nameOf(Path.GetFileName(path)) is not { } name) continue;
                var below = Path.GetRelativePath(folder, Path.GetDirectoryName(path)!).Replace('\\', '/');
                found.Add(below == "." ? name : $"{below}/{name}", path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException(folder, $"The folder {folder} cannot be listed: {e.Message}", e);
        }

        return found;
    }

    /// <summary>Returns these files, and those of the others whose names are not among them.</summary>
    public NamedFiles OrElse(NamedFiles others)
    {
        foreach (var (name, path) in others._files) _files.TryAdd(name, path);
        _faults.AddRange(others._faults);
        return this;
    }

    private void Add(string name, string path)
    {
        if (_files.TryAdd(name, path)) return;
        // Which of the two comes first is up to the file system: keep the lesser path.
        var (kept, other) = string.CompareOrdinal(path, _files[name]) < 0 ? (path, _files[name]) : (_files[name], path);
        _files[name] = kept;
        _faults.Add(new DataSetException(other, $"{other} and {kept} share the name {name}: which one belongs to the pair cannot be told. "
            + "Take one away."));
    }
}
