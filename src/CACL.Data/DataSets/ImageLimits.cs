namespace CACL.Data.DataSets;

/// <summary>What a single file may ask of the memory, so that a damaged or hostile one cannot ask for all of it.</summary>
internal static class ImageLimits
{
    /// <summary>Most pixels of an image or label: about six times the largest street-scene photographs (Mapillary Vistas).</summary>
    public const int Pixels = 134_217_728;

    /// <summary>Most bytes of a label's file: the largest picture of 16 bits, not compressed at all.</summary>
    public const long LabelBytes = 2L * Pixels;
}
