namespace CACL.Data.DataSets;

/// <summary>Limits on the memory for a single file, so that a damaged or hostile one cannot claim all of it.</summary>
internal static class ImageLimits
{
    /// <summary>
    /// Most pixels of an image or label: about six times those of the largest street-scene photographs (Mapillary Vistas).
    /// </summary>
    public const int Pixels = 134_217_728;

    /// <summary>Most bytes of a label file: the largest picture with 16 bits per pixel, uncompressed.</summary>
    public const long LabelBytes = 2L * Pixels;
}
