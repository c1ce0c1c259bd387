using System.Runtime.InteropServices;
using CACL.Data.Files;

namespace CACL.Runs.Evaluations;

/// <summary>
/// A second name for a checkpoint's files, so that they outlast the removal of old checkpoints; a copy where the disk knows no second
/// names.
/// </summary>
internal static partial class PinnedCheckpoint
{
    /// <summary>
    /// Makes <paramref name="target"/> a folder with the files of <paramref name="checkpoint"/>, whole or not at all. Nothing is done where
    /// it is there.
    /// </summary>
    public static void Make(string checkpoint, string target)
    {
        if (Directory.Exists(target)) return;
        var temporary = target + ".tmp";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        // Only files that are never written again: a checkpoint's are not.
        foreach (var file in Directory.EnumerateFiles(checkpoint))
        {
            var name = Path.Combine(temporary, Path.GetFileName(file));
            if (Link(file, name) == 0) continue;
            RegularFile.Require(file);
            File.Copy(file, name);
        }

        Directory.Move(temporary, target);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
