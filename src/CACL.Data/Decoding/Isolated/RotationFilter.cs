using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Isolated;

/// <summary>ffmpeg's filters that turn a stored picture as it is displayed.</summary>
internal static class RotationFilter
{
    /// <summary>The filters, each with a comma before it; empty where nothing is turned.</summary>
    internal static string Of(DisplayOrientation orientation) => (orientation.Mirrored ? ",vflip" : "") + orientation.Rotation switch
    {
        90 => ",transpose=clock",
        180 => ",hflip,vflip",
        270 => ",transpose=cclock",
        _ => "",
    };
}
