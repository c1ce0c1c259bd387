using CACL.Node.Fonts;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>Draws text on a canvas, in the font that comes with the program: a machine without fonts still gets its text.</summary>
internal static class SheetText
{
    /// <summary>Returns the width of a text in pixels.</summary>
    public static float Measure(string text, float size)
    {
        using var font = Font(size, bold: false);
        return font.MeasureText(text);
    }

    /// <summary>Returns the text, or as much of its beginning as fits into a width, with an ellipsis.</summary>
    public static string Fit(string text, float size, float width)
    {
        using var font = Font(size, bold: true); // the wider of the two
        if (font.MeasureText(text) <= width) return text;
        var kept = text.Length;
        while (kept > 0 && font.MeasureText(text[..kept].TrimEnd() + "…") > width) kept--;
        return text[..kept].TrimEnd() + "…";
    }

    /// <summary>Draws a line of text.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="text">The line.</param>
    /// <param name="x">Left edge.</param>
    /// <param name="baseline">The baseline.</param>
    /// <param name="size">Height of an em in pixels.</param>
    /// <param name="colour">Colour of the letters.</param>
    /// <param name="bold">Whether it is bold.</param>
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

    // The font comes in a single weight, which is thickened for titles.
    private static SKFont Font(float size, bool bold) => new(EmbeddedFont.Typeface, size) { Embolden = bold, Subpixel = true };
}
