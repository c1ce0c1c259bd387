using CACL.Data.Files;
using CACL.Data.Wording;

namespace CACL.Data.Catalog;

/// <summary>
/// What a user names as videos: folders (everything below them), list files (.txt, .csv: one path per line, relative to the list; the first
/// column of a .csv; blank lines and lines that begin with # are ignored), and single files.
/// </summary>
public sealed class VideoRoots
{
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly List<string> _prefixes = [];

    /// <summary>Reads the lists; does not walk the folders.</summary>
    /// <exception cref="CatalogException">A root does not exist, is a file of an unknown kind, or is a list that cannot be
    /// read.</exception>
    public VideoRoots(IEnumerable<string> roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        foreach (var root in roots) Add(root);
        if (Folders.Count + Files.Count == 0 && Lists.Count == 0)
            throw new CatalogException(
                $"No folder, list or file of videos was named ({SettingNames.Videos}, or DIR of: {CommandLines.ScanVideos} DIR).");
    }

    /// <summary>Folders, with the links in their own paths resolved.</summary>
    public IList<string> Folders { get; } = [];

    /// <summary>List files.</summary>
    public IList<string> Lists { get; } = [];

    /// <summary>Files named one by one or by lists, absolute. They need not exist.</summary>
    public IReadOnlyCollection<string> Files => _files;

    /// <summary>Returns whether the catalogue row of this path belongs to the roots.</summary>
    public bool Contains(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return IsBelowFolders(path) || _files.Contains(path);
    }

    /// <summary>Returns whether a path is one of the folders or lies below one.</summary>
    internal bool IsBelowFolders(string path)
    {
        foreach (var prefix in _prefixes)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal) || prefix.AsSpan(..^1).SequenceEqual(path)) return true;
        }

        return false;
    }

    /// <summary>Returns a file's path below the outermost folder that holds it; of a file below none, all of it.</summary>
    internal string Relative(string path)
    {
        string? within = null;
        foreach (var prefix in _prefixes)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal) && (within is null || prefix.Length < within.Length)) within = prefix;
        }

        return within is null ? path : path[within.Length..];
    }

    /// <summary>Returns whether a path is the folder or lies below it.</summary>
    internal static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : folder + '/', StringComparison.Ordinal);

    private void Add(string root)
    {
        if (string.IsNullOrWhiteSpace(root)) throw new CatalogException("An empty name was given as a folder of videos.");
        var path = Path.GetFullPath(root);
        if (Directory.Exists(path))
        {
            // The folder's own path is resolved, so that it is the same folder whichever link names it.
            path = RealPath.Of(path) ?? path;
            if (Folders.Contains(path)) return;
            Folders.Add(path);
            _prefixes.Add(path.EndsWith('/') ? path : path + '/');
        }
        else if (!File.Exists(path))
        {
            throw new CatalogException($"There is no folder, list or file {path}. Check its name, and that its disk is mounted.");
        }
        else if (VideoFileTypes.IsList(path))
        {
            ReadList(path);
        }
        else if (VideoFileTypes.IsMedia(path))
        {
            _files.Add(RealParent(path));
        }
        else
        {
            throw new CatalogException($"{path} is a file, but neither a list (.txt, .csv) nor a known kind of video or image.");
        }
    }

    private void ReadList(string list)
    {
        Lists.Add(list);
        var folder = Path.GetDirectoryName(list)!;
        var firstColumn = list.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        var parents = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var line in RegularFile.ReadLines(list))
            {
                var entry = (firstColumn ? FirstColumn(line) : line).Trim();
                if (entry.Length == 0 || entry[0] == '#') continue;
                if (entry.Contains('\0')) throw new CatalogException($"The list {list} is not text. It must hold one path per line.");
                _files.Add(RealParent(Path.GetFullPath(entry, folder), parents));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CatalogException($"The list {list} cannot be read: {error.Message}", error);
        }
    }

    private static string FirstColumn(string line)
    {
        if (!line.StartsWith('"')) return line.Split(',', 2)[0];
        var end = 1;
        for (; end < line.Length; end++)
        {
            if (line[end] != '"') continue;
            if (end + 1 == line.Length || line[end + 1] != '"') break;
            end++;
        }

        return line[1..Math.Min(end, line.Length)].Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    // A file keeps its own name, even if it is a link; its folder is resolved as the roots are, once for all its files.
    private static string RealParent(string path, Dictionary<string, string>? known = null)
    {
        var folder = Path.GetDirectoryName(path);
        if (folder is null) return path;
        if (known is null || !known.TryGetValue(folder, out var real))
        {
            real = RealPath.Of(folder) ?? folder;
            if (known is not null) known[folder] = real;
        }

        return Path.Combine(real, Path.GetFileName(path));
    }
}
