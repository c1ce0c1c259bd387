using CACL.Data.DataSets;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>
/// A frame of a clip with its segmentation overlaid: the frame in the colours of its classes, optionally with the original beside it, and a
/// strip below that names the classes. One buffer is reused for every frame.
/// </summary>
internal sealed class SegmentationOverlay
{
    private static readonly SKColor Ground = new(0x14, 0x14, 0x18);
    private static readonly SKColor Ink = new(0xF0, 0xF0, 0xF0);

    private readonly IReadOnlyList<ClassInfo> _classes;
    private readonly int _width;
    private readonly int _height;
    private readonly int _left;
    private readonly float _opacity;

    /// <summary>Creates the overlay for the frames of one clip.</summary>
    /// <param name="width">Size of the frames read, pixels; even.</param>
    /// <param name="height">Size of the frames read, pixels; even.</param>
    /// <param name="classes">Names and colours.</param>
    /// <param name="opacity">Opacity of the colours, 0 to 1.</param>
    /// <param name="sideBySide">Whether the original frame is on the left.</param>
    public SegmentationOverlay(int width, int height, IReadOnlyList<ClassInfo> classes, float opacity, bool sideBySide)
    {
        (_width, _height, _classes, _opacity) = (width, height, classes, opacity);
        _left = sideBySide ? width : 0;
        Width = _left + width;
        var text = Math.Clamp(Width / 48f, 11, 24);
        var edge = (int)(text / 2);
        var legend = new Legend(classes, leftOut: false, Width - (2 * edge), text);
        // The format requires even sides.
        Height = (height + legend.Height + (2 * edge) + 1) / 2 * 2;
        Rgb = new byte[checked(Width * Height * 3)];
        DrawStrip(legend, edge);
    }

    /// <summary>Pixels; even.</summary>
    public int Width { get; }

    /// <summary>Pixels; even.</summary>
    public int Height { get; }

    /// <summary>Width·Height·3 bytes: rows of R, G, B.</summary>
    public byte[] Rgb { get; }

    /// <summary>Paints the next frame.</summary>
    /// <param name="frame">The original frame.</param>
    /// <param name="prediction">A class for each of its pixels.</param>
    public void Paint(RgbImage frame, LabelMap prediction)
    {
        for (var y = 0; y < _height; y++)
        {
            var row = frame.Pixels.AsSpan(y * _width * 3, _width * 3);
            var target = Rgb.AsSpan(y * Width * 3, Width * 3);
            if (_left > 0) row.CopyTo(target);
            var painted = target[(_left * 3)..];
            var classes = prediction.Classes.AsSpan(y * _width, _width);
            for (int x = 0, at = 0; x < _width; x++, at += 3)
            {
                var colour = _classes[classes[x]];
                painted[at] = Mix(row[at], colour.Red);
                painted[at + 1] = Mix(row[at + 1], colour.Green);
                painted[at + 2] = Mix(row[at + 2], colour.Blue);
            }
        }
    }

    private byte Mix(byte frame, byte colour) => (byte)(frame + ((colour - frame) * _opacity) + 0.5f);

    private void DrawStrip(Legend legend, int edge)
    {
        using var strip = new SKBitmap(Width, Height - _height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(strip);
        canvas.Clear(Ground);
        legend.Draw(canvas, edge, edge, Ink);
        canvas.Flush();
        var pixels = strip.GetPixelSpan();
        for (int from = 0, to = _height * Width * 3; from < pixels.Length; from += 4, to += 3) pixels.Slice(from, 3).CopyTo(Rgb.AsSpan(to));
    }
}
