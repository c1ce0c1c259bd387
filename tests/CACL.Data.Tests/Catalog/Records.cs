using CACL.Data.Catalog;

namespace CACL.Data.Tests.Catalog;

/// <summary>Makes invented rows of the catalogue.</summary>
internal static class Records
{
    public static VideoRecord Record(string path, int frames = 20, int width = 340, int height = 256) => new(
        path,
        StreamIndex: 1,
        "h264",
        width,
        height,
        new DisplayOrientation(90, Mirrored: true),
        ReorderDelay: 2,
        CountedBy.Packets,
        new FrameIndex(1, 12_800, [.. Enumerable.Range(0, frames).Select(frame => frame * 512L)], [0, frames / 2], Seekable: true));

    public static CatalogEntry Usable(string path, int frames = 20) => CatalogEntry.Usable(path, 1000, 2000, Record(path, frames));

    public static CatalogEntry Unusable(string path, UnusableReason reason = UnusableReason.Corrupt) =>
        CatalogEntry.Unusable(path, 1000, 2000, reason, $"{path} is broken.");
}
