using System.Runtime.InteropServices;
using CACL.Data.Files;
using CACL.Data.Wording;

namespace CACL.Data.Catalog;

/// <summary>
/// Size and modification time, by which an unchanged file is recognised without reading it. For a link, those of the file it leads to.
/// </summary>
internal readonly record struct FileStamp(long Size, long ModifiedTicks)
{
    /// <summary>Returns the stamp of a file, or null where there is none (any more).</summary>
    internal static FileStamp? Of(string path) => FileStatus.Of(path) is { Kind: not FileKind.Folder } status ? Of(status) : null;

    /// <summary>Returns the stamp that a status contains.</summary>
    internal static FileStamp Of(FileStatus status) => new(status.Size, status.ModifiedTicks);

    /// <exception cref="VideoUnusableException">The file is gone or is not the one that was scanned.</exception>
    internal void Check(string path)
    {
        if (!FileStatus.TryOf(path, out var status, out var error) || status.Kind == FileKind.Folder)
        {
            var why = error is 0 or FileStatus.NoSuchFile or FileStatus.NotAFolder
                ? "is gone; it was there when it was scanned"
                : $"cannot be reached: {Marshal.GetPInvokeErrorMessage(error)}";
            throw new VideoUnusableException(path, UnusableReason.Unreadable, $"{path} {why}.");
        }

        if (Of(status) != this)
        {
            var folder = Path.GetDirectoryName(path);
            throw new VideoUnusableException(
                path, UnusableReason.Changed, $"{path} changed since it was scanned. Scan again: {CommandLines.ScanVideos} {folder}");
        }
    }
}
