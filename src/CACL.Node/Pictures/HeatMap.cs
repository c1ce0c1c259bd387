using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Similarity;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>Draws a similarity map in colours over its frame, of which just enough shines through to show what is where.</summary>
internal static class HeatMap
{
    /// <summary>Share of the frame's grey in each pixel.</summary>
    private const float FrameShare = 0.22f;

    /// <summary>
    /// Least range of cosines that is spread over all colours: what differs by less than the method's temperature (0.07) is almost the same
    /// to it, and should look so.
    /// </summary>
    private const float LeastSpan = 0.05f;

    /// <summary>
    /// Returns the cosines at the two ends of the colours: the map's lowest and highest, at least <see cref="LeastSpan"/> apart.
    /// </summary>
    public static (float Low, float High) Scale(SimilarityMap map) => (Math.Min(map.Lowest, map.Highest - LeastSpan), map.Highest);

    /// <summary>
    /// Returns a picture of the frame's size, with each position in the colour of its cosine on the map's <see cref="Scale"/>. The caller
    /// disposes it.
    /// </summary>
    public static SKBitmap Over(RgbImage frame, SimilarityMap map)
    {
        var bitmap = new SKBitmap(frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var pixels = bitmap.GetPixelSpan();
        var values = map.Upsample(frame.Width, frame.Height);
        var (low, high) = Scale(map);
        for (var i = 0; i < values.Length; i++)
        {
            var colour = ColourMap.At((values[i] - low) / (high - low));
            var grey = Grey(frame.Pixels.AsSpan(i * 3, 3));
            var pixel = pixels.Slice(i * 4, 4);
            (pixel[0], pixel[1], pixel[2], pixel[3]) = (Mix(colour.Red, grey), Mix(colour.Green, grey), Mix(colour.Blue, grey), 255);
        }

        return bitmap;
    }

    private static float Grey(ReadOnlySpan<byte> rgb) => (0.2989f * rgb[0]) + (0.587f * rgb[1]) + (0.114f * rgb[2]);

    private static byte Mix(byte colour, float grey) => (byte)((((1 - FrameShare) * colour) + (FrameShare * grey)) + 0.5f);
}
