using System.Collections.Frozen;

namespace CACL.Data.Catalog;

/// <summary>
/// Decides by its extension, in capitals or not, which files a scan opens, and which of them are still images. What a file really is, the
/// prober learns from its first bytes.
/// </summary>
public static class VideoFileTypes
{
    private static readonly FrozenSet<string> Videos = new[]
    {
        ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".avi", ".divx", ".webm", ".mkv", ".mpg", ".mpeg", ".mpe", ".m1v", ".m2v", ".vob",
        ".ts", ".mts", ".m2ts", ".flv", ".f4v", ".wmv", ".asf", ".gif", ".ogv", ".ogg", ".h264", ".264", ".h265", ".265", ".hevc", ".mjpeg",
        ".mjpg", ".dv", ".mxf", ".y4m", ".ivf",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Stills =
        new[] { ".jpg", ".jpeg", ".png", ".bmp", ".webp" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Read where a list names them; a scan of a folder leaves them alone.
    private static readonly FrozenSet<string> OtherStills = new[] { ".tif", ".tiff" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // A start asks for each of a catalogue's millions of paths: no extension is copied.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>>[] AllStills =
        [Stills.GetAlternateLookup<ReadOnlySpan<char>>(), OtherStills.GetAlternateLookup<ReadOnlySpan<char>>()];

    /// <summary>Returns whether a file is a still image, a video of one frame, by its name.</summary>
    /// <param name="path">Its name or path.</param>
    public static bool IsStill(string path)
    {
        var extension = Path.GetExtension(path.AsSpan());
        return AllStills[0].Contains(extension) || AllStills[1].Contains(extension);
    }

    internal static bool IsMedia(string path)
    {
        var extension = Path.GetExtension(path);
        return Videos.Contains(extension) || Stills.Contains(extension);
    }

    internal static bool IsList(string path) => Path.GetExtension(path).ToUpperInvariant() is ".TXT" or ".CSV";
}
