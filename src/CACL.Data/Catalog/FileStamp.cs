namespace CACL.Data.Catalog;

/// <summary>Size and time of change: what tells an unchanged file without reading it. Of a link, those of the file it leads to.</summary>
internal readonly record struct FileStamp(long Size, long ModifiedTicks)
{
    /// <summary>The stamp of a file, or null where there is none (any more).</summary>
    internal static FileStamp? Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                if (RealPath.Of(path) is not { } target) return null;
                file = new FileInfo(target);
            }

            return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="VideoUnusableException">The file is gone or is not the one that was scanned.</exception>
    internal void Check(string path)
    {
        if (Of(path) is not { } now)
            throw new VideoUnusableException(path, UnusableReason.Unreadable, $"{path} is gone; it was there when it was scanned.");
        if (now != this)
        {
            var folder = Path.GetDirectoryName(path);
            throw new VideoUnusableException(
                path, UnusableReason.Changed, $"{path} changed since it was scanned. Scan again: cacl videos scan {folder}");
        }
    }
}
