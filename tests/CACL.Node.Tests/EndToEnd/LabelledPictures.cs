using SkiaSharp;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Makes a data set in the folder layout: bright discs on a dark ground, two classes, two pictures in each split.</summary>
internal static class LabelledPictures
{
    private const int Side = 32;

    public static void Write(string folder)
    {
        foreach (var split in new[] { "train", "val" })
        {
            foreach (var kind in new[] { "images", "labels" }) Directory.CreateDirectory(Path.Combine(folder, kind, split));
            for (var i = 0; i < 2; i++)
            {
                Save(Path.Combine(folder, "images", split, $"{i}.png"), i, SKColorType.Rgba8888, disc: 220, ground: 40);
                Save(Path.Combine(folder, "labels", split, $"{i}.png"), i, SKColorType.Gray8, disc: 1, ground: 0);
            }
        }

        File.WriteAllText(Path.Combine(folder, "classes.txt"), "ground 0 0 0\ndisc 255 255 255\n");
    }

    private static void Save(string file, int number, SKColorType type, byte disc, byte ground)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, type, SKAlphaType.Opaque));
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (dx, dy) = (x - 12 - (4 * number), y - 16);
                var value = (dx * dx) + (dy * dy) < 80 ? disc : ground;
                bitmap.SetPixel(x, y, new SKColor(value, value, value));
            }
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(file, data.ToArray());
    }
}
