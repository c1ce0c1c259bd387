using System.Collections.Frozen;

namespace CACL.Data.Catalog;

/// <summary>Decides by its extension which files a scan opens. What a file really is, the prober learns from its first bytes.</summary>
internal static class VideoFileTypes
{
    private static readonly FrozenSet<string> Videos = new[]
    {
        ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".avi", ".divx", ".webm", ".mkv", ".mpg", ".mpeg", ".mpe", ".m1v", ".m2v", ".vob",
        ".ts", ".mts", ".m2ts", ".flv", ".f4v", ".wmv", ".asf", ".gif", ".ogv", ".ogg", ".h264", ".264", ".h265", ".265", ".hevc", ".mjpeg",
        ".mjpg", ".dv", ".mxf", ".y4m", ".ivf",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Stills =
        new[] { ".jpg", ".jpeg", ".png", ".bmp", ".webp" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal static bool IsMedia(string path)
    {
        var extension = Path.GetExtension(path);
        return Videos.Contains(extension) || Stills.Contains(extension);
    }

    internal static bool IsList(string path) => Path.GetExtension(path).ToUpperInvariant() is ".TXT" or ".CSV";
}
