using SkiaSharp;

namespace CACL.Data.DataSets;

/// <summary>Makes bitmaps that Skia can draw. The caller disposes them.</summary>
public static class Pixels
{
    /// <summary>Returns the bitmap of an image.</summary>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <param name="rgb">Its pixels row by row, R, G, B: 3 × width × height bytes.</param>
    public static SKBitmap OfRgb(int width, int height, ReadOnlySpan<byte> rgb)
    {
        var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var pixels = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; to < pixels.Length; from += 3, to += 4)
        {
            rgb.Slice(from, 3).CopyTo(pixels[to..]);
            pixels[to + 3] = 255;
        }

        return bitmap;
    }

    /// <summary>Draws classes in their colours; ignored pixels (255) are transparent.</summary>
    /// <exception cref="ArgumentException">A value is no class.</exception>
    public static SKBitmap OfClasses(LabelMap map, IReadOnlyList<ClassInfo> classes)
    {
        var bitmap = new SKBitmap(map.Width, map.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        var pixels = bitmap.GetPixelSpan();
        for (var i = 0; i < map.Classes.Length; i++)
        {
            var value = map.Classes[i];
            var pixel = pixels.Slice(i * 4, 4);
            if (value == LabelMap.Ignored)
            {
                pixel.Clear();
                continue;
            }

            if (value >= classes.Count)
                throw new ArgumentException($"The value {value} is none of the {classes.Count} classes.", nameof(map));
            var colour = classes[value];
            (pixel[0], pixel[1], pixel[2], pixel[3]) = (colour.Red, colour.Green, colour.Blue, 255);
        }

        return bitmap;
    }
}
