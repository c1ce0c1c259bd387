using CACL.Data.DataSets;
using CACL.Data.Sampling;
using CACL.Node.Pictures;
using SkiaSharp;

namespace CACL.Node.Explain;

/// <summary>Draws the marks on a contact sheet's pictures.</summary>
internal static class ContactSheetMarks
{
    private const float ArmLength = 7;

    private static readonly SKColor Shade = SKColors.Black.WithAlpha(110);
    private static readonly SKColor Edge = SKColors.Black.WithAlpha(200);

    /// <summary>Draws a whole frame in its own shape, in the middle of an area, darkened outside the crop's box.</summary>
    /// <returns>The area in which it was drawn.</returns>
    public static SKRect FrameWithBox(Sheet sheet, WholeFrames frames, ReadOnlySpan<byte> pixels, CropBox box, SKRect place)
    {
        var frame = place.AspectFit(new SKSize(frames.Width, frames.Height));
        using (var picture = Pixels.OfRgb(frames.Side, frames.Side, pixels)) sheet.Draw(picture, frame, smooth: true);
        var (x, y) = (frame.Width / frames.Width, frame.Height / frames.Height);
        var crop = SKRect.Create(frame.Left + (box.X * x), frame.Top + (box.Y * y), box.Width * x, box.Height * y);
        sheet.Canvas.Save();
        sheet.Canvas.ClipRect(crop, SKClipOperation.Difference);
        using (var shade = new SKPaint { Color = Shade }) sheet.Canvas.DrawRect(frame, shade);
        sheet.Canvas.Restore();
        using var line = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 1.5f, Color = SKColors.White };
        crop.Inflate(-0.75f, -0.75f);
        sheet.Canvas.DrawRect(crop, line);
        return frame;
    }

    /// <summary>Draws a cross where a roll (equation 7) put the crop's upper left corner; none if the view is not rolled.</summary>
    /// <param name="sheet">The page.</param>
    /// <param name="view">The view's plan.</param>
    /// <param name="side">Side S of the views, pixels.</param>
    /// <param name="place">The area in which it was drawn.</param>
    public static void Corner(Sheet sheet, ViewPlan view, int side, SKRect place)
    {
        if (view is { RollY: 0, RollX: 0 }) return;
        // Row y shows the crop's row (y + roll) mod S.
        var (x, y) = (place.Left + (At(view.RollX) * place.Width), place.Top + (At(view.RollY) * place.Height));
        sheet.Canvas.Save();
        sheet.Canvas.ClipRect(place);
        foreach (var (width, colour) in new[] { (4f, Edge), (1.5f, SKColors.White) })
        {
            using var line = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = width, Color = colour, IsAntialias = true };
            sheet.Canvas.DrawLine(x - ArmLength, y, x + ArmLength, y, line);
            sheet.Canvas.DrawLine(x, y - ArmLength, x, y + ArmLength, line);
        }

        sheet.Canvas.Restore();

        float At(int roll) => (side - roll) % side / (float)side;
    }
}
