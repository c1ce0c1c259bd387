using CACL.Data.DataSets;
using CACL.Testing;
using SkiaSharp;

namespace CACL.Data.Tests.DataSets;

public sealed class RgbImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_png_is_read_exactly_and_without_its_alpha()
    {
        var colours = Enumerable.Range(0, 256)
            .Select(i => new SKColor((byte)i, (byte)(255 - i), (byte)(7 * i), (byte)Math.Max(1, i)))
            .ToArray();
        using var bitmap = new SKBitmap(16, 16, SKColorType.Rgba8888, SKAlphaType.Unpremul) { Pixels = colours };
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(_folder.File("a.png"), data.ToArray());
        Assert.Equal(colours.SelectMany(c => new[] { c.Red, c.Green, c.Blue }), RgbImage.Read(_folder.File("a.png")).Pixels);
    }

    [Theory]
    [InlineData(1, 0, 1, 255)]
    [InlineData(2, 1, 3, 85)]
    [InlineData(8, 77, 200, 1)]
    [InlineData(16, 77, 200, 1)]
    public void Grey_of_any_depth_becomes_rgb(int bits, ushort first, ushort second, int scale)
    {
        var high = bits == 16 ? 256 : 1;
        new LabelPng(2, 1, bits, LabelPng.Grey, false, [(ushort)(first * high), (ushort)(second * high)]).Write(_folder.File("a.png"));
        byte a = (byte)(first * scale), b = (byte)(second * scale);
        Assert.Equal([a, a, a, b, b, b], RgbImage.Read(_folder.File("a.png")).Pixels);
    }

    [Fact]
    public void A_grey_jpeg_becomes_rgb()
    {
        using var bitmap = new SKBitmap(8, 8, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(99, 99, 99));
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        File.WriteAllBytes(_folder.File("a.jpg"), data.ToArray());
        Each.Holds(RgbImage.Read(_folder.File("a.jpg")).Pixels, value => Assert.Equal(99, value));
    }

    /// <summary>The standard's definition: where the first stored row is displayed, and where the first stored column.</summary>
    [Theory]
    [InlineData(1, "top", "left")]
    [InlineData(2, "top", "right")]
    [InlineData(3, "bottom", "right")]
    [InlineData(4, "bottom", "left")]
    [InlineData(5, "left", "top")]
    [InlineData(6, "right", "top")]
    [InlineData(7, "right", "bottom")]
    [InlineData(8, "left", "bottom")]
    public void A_jpeg_is_turned_as_its_exif_entry_says(int orientation, string firstRow, string firstColumn)
    {
        // The picture has 24×16 pixels: the first eight rows are red, the first eight columns green, so the corner is yellow; the rest is
        // black.
        using var bitmap = new SKBitmap(24, 16, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < 16; y++)
        {
            for (var x = 0; x < 24; x++) bitmap.SetPixel(x, y, new SKColor((byte)(y < 8 ? 240 : 0), (byte)(x < 8 ? 240 : 0), 0));
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        File.WriteAllBytes(_folder.File("a.jpg"), ExifJpeg.Tagged(data.ToArray(), orientation));
        var image = RgbImage.Read(_folder.File("a.jpg"));
        Assert.Equal(firstRow is "top" or "bottom" ? (24, 16) : (16, 24), (image.Width, image.Height));
        var (right, bottom) = (image.Width - 3, image.Height - 3);
        foreach (var (x, y) in (ReadOnlySpan<(int, int)>)[(2, 2), (right, 2), (2, bottom), (right, bottom)])
        {
            var at = (y * image.Width + x) * 3;
            Assert.Equal((IsAt(firstRow, x, y), IsAt(firstColumn, x, y)), (image.Pixels[at] > 120, image.Pixels[at + 1] > 120));
        }

        bool IsAt(string side, int x, int y) => side switch
        {
            "top" => y < 8,
            "bottom" => y >= image.Height - 8,
            "left" => x < 8,
            _ => x >= image.Width - 8,
        };
    }

    [Theory]
    [InlineData("cut.png", "is cut short")]
    [InlineData("cut.jpg", "is cut short")]
    [InlineData("empty.jpg", "it is empty")]
    [InlineData("text.png", "neither a JPEG nor a PNG")]
    [InlineData("missing.png", "is missing")]
    [InlineData("folder.png", "is a folder")]
    public void An_image_that_cannot_be_read_is_named(string name, string expected)
    {
        var path = _folder.File(name);
        SmallDataSets.Image(_folder.File("whole.png"), 40, 40);
        SmallDataSets.Image(_folder.File("whole.jpg"), 400, 400);
        if (name.StartsWith("cut", StringComparison.Ordinal))
            File.WriteAllBytes(
                path, File.ReadAllBytes(_folder.File("whole" + Path.GetExtension(name))) is var all ? all[..(all.Length / 2)] : []);
        else if (name.StartsWith("empty", StringComparison.Ordinal)) File.WriteAllText(path, "");
        else if (name.StartsWith("text", StringComparison.Ordinal)) File.WriteAllText(path, "no image");
        else if (name.StartsWith("folder", StringComparison.Ordinal)) Directory.CreateDirectory(path);
        var fault = Assert.Throws<DataSetException>(() => RgbImage.Read(path));
        Assert.Equal(path, fault.Path);
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }
}
