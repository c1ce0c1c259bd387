using System.Globalization;
using CACL.Data.Files;

namespace CACL.Node.Devices;

/// <summary>
/// The memory that the kernel lets this process and those beside it in its control group have, before it kills one of them. Both versions
/// of control groups are read.
/// </summary>
/// <param name="files">Root of the file system, for tests.</param>
internal sealed class MemoryLimit(string files = "/")
{
    // Version 1 says "none" by the largest multiple of a page.
    private const long None = 1L << 60;

    private (string Folder, bool IsUnified, long Bytes)? _group;
    private bool _found;

    /// <summary>The limit of the group, or null: there is none.</summary>
    public long? Bytes => Group?.Bytes;

    /// <summary>What the group uses, without the files that the kernel merely remembers; null where there is no limit.</summary>
    public long? Used
    {
        get
        {
            if (Group is not { } group) return null;
            var stat = Lines(Path.Combine(group.Folder, "memory.stat"))
                .Select(line => line.Split(' '))
                .Where(words => words.Length == 2)
                .ToDictionary(words => words[0], words => Number(words[1]) ?? 0);
            var prefix = group.IsUnified ? "" : "total_";
            var usage = group.IsUnified ? "memory.current" : "memory.usage_in_bytes";
            var used = FirstNumber(Path.Combine(group.Folder, usage));
            return used - stat.GetValueOrDefault($"{prefix}inactive_file") - stat.GetValueOrDefault($"{prefix}active_file");
        }
    }

    private (string Folder, bool IsUnified, long Bytes)? Group
    {
        get
        {
            // Which group it is stays; what it may have can be changed from outside.
            if (!_found) _group = Groups().OrderBy(group => group.Bytes).Select(group => ((string, bool, long)?)group).FirstOrDefault();
            _found = true;
            return _group is { } known && LimitIn(known.Folder, known.IsUnified) is { } bytes ? known with { Bytes = bytes } : null;
        }
    }

    /// <summary>Returns the limits of the process's group and of those around it.</summary>
    private IEnumerable<(string Folder, bool IsUnified, long Bytes)> Groups()
    {
        foreach (var line in Lines(Path.Combine(files, "proc/self/cgroup")))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path]) continue;
            var isUnified = controllers.Length == 0;
            if (!isUnified && !controllers.Split(',').Contains("memory")) continue;
            var mount = Path.Combine(files, isUnified ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
            // In a container the path may be that outside, where the mount shows the group itself: its root is looked at in any case.
            for (var folder = path.Trim('/'); ; folder = Path.GetDirectoryName(folder) ?? "")
            {
                var full = Path.Combine(mount, folder);
                if (LimitIn(full, isUnified) is { } bytes) yield return (full, isUnified, bytes);
                if (folder.Length == 0) break;
            }
        }
    }

    private static long? LimitIn(string folder, bool isUnified) =>
        FirstNumber(Path.Combine(folder, isUnified ? "memory.max" : "memory.limit_in_bytes")) is { } bytes and < None ? bytes : null;

    private static long? FirstNumber(string file) => Lines(file) is [var first, ..] ? Number(first) : null;

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IReadOnlyList<string> Lines(string file)
    {
        try
        {
            return File.Exists(file) ? [.. RegularFile.ReadLines(file)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
