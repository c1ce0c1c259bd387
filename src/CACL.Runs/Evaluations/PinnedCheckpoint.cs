using System.Runtime.InteropServices;
using CACL.Data.Files;

namespace CACL.Runs.Evaluations;

/// <summary>
/// Pins a checkpoint's files by hard links, so that they survive the removal of old checkpoints; copies them where the file system has no
/// hard links.
/// </summary>
internal static partial class PinnedCheckpoint
{
    /// <summary>How the name of a folder ends that lacks some of its files.</summary>
    private const string Partial = ".tmp";

    /// <summary>
    /// Makes <paramref name="target"/> a folder with the files of <paramref name="checkpoint"/>, atomically. Does nothing if it exists.
    /// </summary>
    public static void Make(string checkpoint, string target)
    {
        if (Directory.Exists(target)) return;
        var temporary = target + Partial;
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        // Hard links are safe only for files that are never written again, such as a checkpoint's.
        foreach (var file in Directory.EnumerateFiles(checkpoint))
        {
            var name = Path.Combine(temporary, Path.GetFileName(file));
            if (Link(file, name) == 0) continue;
            RegularFile.Require(file);
            File.Copy(file, name);
            FileSync.File(name);
        }

        // Whatever the power does: what has the name has all files.
        FileSync.Folder(temporary);
        Directory.Move(temporary, target);
        FileSync.Folder(Path.GetDirectoryName(target)!);
    }

    /// <summary>
    /// Removes folders of pinned checkpoints. Whatever the power does: none has its name and only some of its files, and the requests that
    /// were removed before are not back.
    /// </summary>
    public static void Remove(string parent, IEnumerable<string> folders)
    {
        var partial = folders.Select(folder =>
        {
            if (folder.EndsWith(Partial, StringComparison.Ordinal)) return folder;
            if (Directory.Exists(folder + Partial)) Directory.Delete(folder + Partial, recursive: true);
            Directory.Move(folder, folder + Partial);
            return folder + Partial;
        }).ToHashSet();
        if (partial.Count == 0) return;
        FileSync.Folder(parent);
        foreach (var folder in partial.Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
