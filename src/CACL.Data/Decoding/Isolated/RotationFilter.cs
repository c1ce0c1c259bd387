using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Isolated;

/// <summary>The filters of ffmpeg that orient a stored picture for display.</summary>
internal static class RotationFilter
{
    /// <summary>Returns the filters, each with a comma before it; empty where the picture is displayed as it is stored.</summary>
    internal static string Of(DisplayOrientation orientation) => (orientation.Mirrored ? ",vflip" : "") + orientation.Rotation switch
    {
        90 => ",transpose=clock",
        180 => ",hflip,vflip",
        270 => ",transpose=cclock",
        _ => "",
    };
}
