using CACL.Data.Files;
using CACL.Node.Ending;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>A white page of pictures and text that becomes a PNG.</summary>
internal sealed class Sheet : IDisposable
{
    /// <summary>Space around the page and between pictures, pixels.</summary>
    public const int Margin = 16;

    /// <summary>Height of an em of normal text, pixels.</summary>
    public const float TextSize = 17;

    /// <summary>Height from one line of normal text to the next, pixels.</summary>
    public const int LineHeight = 26;

    /// <summary>The colour of text.</summary>
    public static readonly SKColor Ink = new(0x20, 0x20, 0x24);

    /// <summary>The colour of less important text.</summary>
    public static readonly SKColor FaintInk = new(0x68, 0x68, 0x70);

    private static readonly SKSamplingOptions Smooth = new(SKFilterMode.Linear, SKMipmapMode.Linear);
    private static readonly SKSamplingOptions Blocks = new(SKFilterMode.Nearest);

    private readonly SKBitmap _bitmap;

    /// <summary>Creates an empty page.</summary>
    public Sheet(int width, int height)
    {
        _bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        Canvas = new SKCanvas(_bitmap);
        Canvas.Clear(SKColors.White);
    }

    /// <summary>The canvas for anything else to draw.</summary>
    public SKCanvas Canvas { get; }

    /// <summary>Writes a line of text; what does not fit into <paramref name="room"/> pixels is cut off.</summary>
    public void Write(string text, float x, float baseline, float room, bool bold = false, SKColor? colour = null) =>
        SheetText.Draw(Canvas, SheetText.Fit(text, TextSize, room), x, baseline, TextSize, colour ?? Ink, bold);

    /// <summary>Draws a picture into an area. Smooth for photographs; otherwise each pixel stays a block of its own colour.</summary>
    public void Draw(SKBitmap picture, SKRect place, bool smooth)
    {
        using var image = SKImage.FromBitmap(picture);
        Canvas.DrawImage(image, place, smooth ? Smooth : Blocks);
    }

    /// <summary>Draws a thin line around an area.</summary>
    public void Frame(SKRect place)
    {
        using var line = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 1, Color = new SKColor(0, 0, 0, 96) };
        place.Inflate(0.5f, 0.5f);
        Canvas.DrawRect(place, line);
    }

    /// <summary>Writes the page; the file appears under its name only once it is complete.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public void Save(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
            using var data = _bitmap.Encode(SKEncodedImageFormat.Png, 100);
            AtomicFile.Write(path, data.SaveTo);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The picture {path} cannot be written: {e.Message.TrimEnd('.')}. Name another place for it, or make "
                + "room there.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Canvas.Dispose();
        _bitmap.Dispose();
    }
}
