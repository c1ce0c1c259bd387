using CACL.Node.Fonts;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>Text on a canvas, in the font that the program brings along: a machine without fonts still gets its words.</summary>
internal static class SheetText
{
    /// <summary>How wide a text is, in pixels.</summary>
    public static float Measure(string text, float size)
    {
        using var font = Font(size, bold: false);
        return font.MeasureText(text);
    }

    /// <summary>The text itself, or as much of its beginning as fits into a width, and an ellipsis.</summary>
    public static string Fit(string text, float size, float width)
    {
        using var font = Font(size, bold: true); // the wider of the two
        if (font.MeasureText(text) <= width) return text;
        var kept = text.Length;
        while (kept > 0 && font.MeasureText(text[..kept].TrimEnd() + "…") > width) kept--;
        return text[..kept].TrimEnd() + "…";
    }

    /// <summary>Draws a line of text.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="text">The line.</param>
    /// <param name="x">Left edge.</param>
    /// <param name="baseline">Where the letters stand.</param>
    /// <param name="size">Height of an em in pixels.</param>
    /// <param name="colour">Of the letters.</param>
    /// <param name="bold">Whether it stands out.</param>
    public static void Draw(SKCanvas canvas, string text, float x, float baseline, float size, SKColor colour, bool bold = false)
    {
        using var font = Font(size, bold);
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawText(text, x, baseline, font, paint);
    }

    /// <summary>Draws white text with a dark edge, which can be read on any picture.</summary>
    public static void Outline(SKCanvas canvas, string text, float x, float baseline, float size)
    {
        using var font = Font(size, bold: true);
        using var edge = new SKPaint
        {
            Style = SKPaintStyle.Stroke,
            StrokeWidth = size * 0.22f,
            StrokeJoin = SKStrokeJoin.Round,
            Color = SKColors.Black.WithAlpha(200),
            IsAntialias = true
        };
        using var fill = new SKPaint { Color = SKColors.White, IsAntialias = true };
        canvas.DrawText(text, x, baseline, font, edge);
        canvas.DrawText(text, x, baseline, font, fill);
    }

    // The one weight that is brought along is thickened for titles.
    private static SKFont Font(float size, bool bold) => new(EmbeddedFont.Typeface, size) { Embolden = bold, Subpixel = true };
}
