using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>The pattern of ignored pixels: grey lines on light grey, which is no data set's colour.</summary>
internal static class Hatching
{
    /// <summary>Pixels from one line to the next.</summary>
    private const int Spacing = 8;

    private static readonly SKColor Ground = new(0xEC, 0xEC, 0xEC);
    private static readonly SKColor Line = new(0xB4, 0xB4, 0xB4);

    /// <summary>Fills an area.</summary>
    public static void Draw(SKCanvas canvas, SKRect place)
    {
        using var ground = new SKPaint { Color = Ground };
        using var line = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 1.5f, Color = Line, IsAntialias = true };
        canvas.Save();
        canvas.ClipRect(place);
        canvas.DrawRect(place, ground);
        for (var x = place.Left - place.Height; x < place.Right; x += Spacing)
            canvas.DrawLine(x, place.Bottom, x + place.Height, place.Top, line);
        canvas.Restore();
    }
}
