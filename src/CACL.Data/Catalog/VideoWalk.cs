using System.Runtime.InteropServices;
using CACL.Data.Files;

namespace CACL.Data.Catalog;

/// <summary>A file that a scan found.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Stamp">Size and modification time.</param>
/// <param name="Problem">Why the file need not be opened, or null.</param>
/// <param name="ThroughLink">Whether it is a link, or lies in a folder that a link leads to.</param>
internal readonly record struct FoundFile(string Path, FileStamp Stamp, string? Problem, bool ThroughLink = false);

/// <summary>
/// Walks folders and lists one file at a time; no list of all files is ever held. Every file comes once, whichever links lead to it: a link
/// to something under one of the folders is skipped, since its target is reached anyway; other linked folders and files are remembered by
/// their real paths, which also ends circles. Of several names of one file (hard links) only one comes, and it comes last, when all of them
/// are known: the name that the catalogue has, otherwise the first in order, whichever the folder lists first.
/// </summary>
/// <param name="roots">What to walk.</param>
/// <param name="isKnown">Whether the catalogue knows a path.</param>
internal sealed class VideoWalk(VideoRoots roots, Func<string, bool> isKnown)
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    private const int Examples = 5;
    private readonly HashSet<string> _linked = new(StringComparer.Ordinal);
    private readonly Dictionary<FileIdentity, FoundFile> _severalNames = [];
    private readonly List<ScanProblem> _missing = [];
    private readonly List<ScanProblem> _unreadable = [];

    internal IReadOnlyList<ScanProblem> Missing => _missing;

    internal int MissingCount { get; private set; }

    /// <summary>Folders that could not be listed; what lies below any of them must not count as vanished.</summary>
    internal IReadOnlyList<ScanProblem> Unreadable => _unreadable;

    internal int OtherFiles { get; private set; }

    /// <summary>Returns whether a path lies in a folder that could not be listed, so that not having found it means nothing.</summary>
    internal bool IsUnlisted(string path) => _unreadable.Exists(folder => VideoRoots.IsWithin(path, folder.Path));

    internal IEnumerable<FoundFile> Files()
    {
        foreach (var root in roots.Folders.Where(folder => !IsBelowAnother(folder)))
        {
            foreach (var file in Below(root)) yield return file;
        }

        foreach (var path in roots.Files.Where(path => !roots.IsBelowFolders(path)))
        {
            if (Listed(path) is { } file) yield return file;
        }

        foreach (var file in _severalNames.Values) yield return file;
    }

    private IEnumerable<FoundFile> Below(string root)
    {
        // Folders still to walk. A file of one that was reached through a link has a second, real path.
        var pending = new Stack<(string Path, bool Linked)>();
        pending.Push((root, false));
        while (pending.TryPop(out var folder))
        {
            using var entries = Open(folder.Path);
            while (entries is not null && Next(entries, folder.Path) is { } entry)
            {
                // All bits are set where there is nothing (any more).
                var isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint) && entry.Attributes != (FileAttributes)(-1);
                if (entry is DirectoryInfo)
                {
                    if (!isLink && !folder.Linked) pending.Push((entry.FullName, false));
                    else if (IsNew(entry.FullName)) pending.Push((entry.FullName, true));
                }
                else if (!VideoFileTypes.IsMedia(entry.Name))
                {
                    OtherFiles++;
                }
                else if ((!isLink && !folder.Linked) || IsNew(entry.FullName))
                {
                    if (Described(entry.FullName, isLink, isLink || folder.Linked) is { } file) yield return file;
                }
            }
        }
    }

    private IEnumerator<FileSystemInfo>? Open(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything).GetEnumerator();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _unreadable.Add(new ScanProblem(folder, $"The folder {folder} cannot be listed: {error.Message}"));
            return null;
        }
    }

    private FileSystemInfo? Next(IEnumerator<FileSystemInfo> entries, string folder)
    {
        try
        {
            return entries.MoveNext() ? entries.Current : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _unreadable.Add(new ScanProblem(folder, $"The folder {folder} cannot be listed to its end: {error.Message}"));
            return null;
        }
    }

    private FoundFile? Listed(string path)
    {
        if (!FileStatus.TryOf(path, out var status, out var error)) return NoFile(path, WhyMissing(error));
        if (status.Kind == FileKind.Folder)
        {
            return NoFile(
                path, "is a folder. A list names files; to take all that lies below a folder, name the folder itself instead of the list");
        }

        return _linked.Add(RealPath.Of(path) ?? path) ? Described(path, status) : null;
    }

    private FoundFile? NoFile(string path, string why)
    {
        MissingCount++;
        if (_missing.Count < Examples) _missing.Add(new ScanProblem(path, $"{path} is listed but {why}."));
        return null;
    }

    private static string WhyMissing(int error) => error is FileStatus.NoSuchFile or FileStatus.NotAFolder
        ? "does not exist"
        : $"cannot be reached: {Marshal.GetPInvokeErrorMessage(error)}";

    private FoundFile? Described(string path, bool isLink, bool throughLink)
    {
        if (FileStatus.Of(path) is { Kind: not FileKind.Folder } status) return Described(path, status, throughLink);
        if (isLink) return new FoundFile(path, default, $"{path} is a link that leads nowhere.");
        // .NET shows bytes that are not UTF-8 as U+FFFD, and no file has that name.
        return path.Contains('\uFFFD', StringComparison.Ordinal)
            ? new FoundFile(path, default, $"The name of {path} is not valid UTF-8, so it cannot be opened. Rename the file.")
            : null;
    }

    /// <returns>Null where another name of the file may still come, or has come.</returns>
    private FoundFile? Described(string path, FileStatus status, bool throughLink = false)
    {
        var problem = status.Kind != FileKind.Regular ? new NotARegularFileException(path, status.Kind).Message
            : status.Size == 0 ? $"{path} is empty (0 bytes)."
            : null;
        var file = new FoundFile(path, FileStamp.Of(status), problem, throughLink);
        if (status is not { Kind: FileKind.Regular, Names: > 1 }) return file;
        if (!_severalNames.TryGetValue(status.Identity, out var other) || IsRather(path, other.Path)) _severalNames[status.Identity] = file;
        return null;
    }

    private bool IsRather(string path, string other)
    {
        var known = isKnown(path);
        return known == isKnown(other) ? string.CompareOrdinal(path, other) < 0 : known;
    }

    private bool IsNew(string path)
    {
        // A link that leads nowhere is reported under its own name.
        if (RealPath.Of(path) is not { } real) return true;
        return !roots.IsBelowFolders(real) && _linked.Add(real);
    }

    private bool IsBelowAnother(string folder) => roots.Folders.Any(other => other != folder && VideoRoots.IsWithin(folder, other));
}
