using CACL.Data.DataSets;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>A legend: the classes' names beside patches of their colours, in lines of a given width.</summary>
internal sealed class Legend
{
    private readonly float _text;
    private readonly float _line;
    private readonly List<(ClassInfo? Class, string Name, float X, int Line)> _entries = [];

    /// <summary>Lays out the entries.</summary>
    /// <param name="classes">The classes.</param>
    /// <param name="leftOut">Whether the pattern of ignored pixels is named, too.</param>
    /// <param name="width">Largest width of a line, pixels.</param>
    /// <param name="text">Height of an em, pixels.</param>
    public Legend(IEnumerable<ClassInfo> classes, bool leftOut, float width, float text = Sheet.TextSize)
    {
        (_text, _line) = (text, text * Sheet.LineHeight / Sheet.TextSize);
        var (x, line) = (0f, 0);
        foreach (var entry in leftOut ? classes.Append(null) : classes)
        {
            var name = SheetText.Fit(entry?.Name ?? "left out", text, width - Patch - PatchGap);
            var room = Patch + PatchGap + SheetText.Measure(name, text);
            if (x > 0 && x + room > width) (x, line) = (0, line + 1);
            _entries.Add((entry, name, x, line));
            x += room + EntryGap;
        }

        Height = _entries.Count == 0 ? 0 : (int)Math.Ceiling((line + 1) * _line);
    }

    /// <summary>Its height, pixels.</summary>
    public int Height { get; }

    private float Patch => _text * 1.06f;

    private float PatchGap => _text * 0.4f;

    private float EntryGap => _text * 1.3f;

    /// <summary>Draws the legend with its upper left corner at a position.</summary>
    public void Draw(SKCanvas canvas, float left, float top, SKColor ink)
    {
        foreach (var (entry, name, x, line) in _entries)
        {
            var y = top + (line * _line);
            var patch = SKRect.Create(left + x, y + ((_line - Patch) / 2), Patch, Patch);
            using var fill = new SKPaint { Color = entry is null ? SKColors.White : new SKColor(entry.Red, entry.Green, entry.Blue) };
            using var edge =
                new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 1, Color = new SKColor(0, 0, 0, 128), IsAntialias = true };
            if (entry is null) Hatching.Draw(canvas, patch);
            else canvas.DrawRect(patch, fill);
            canvas.DrawRect(patch, edge);
            SheetText.Draw(canvas, name, left + x + Patch + PatchGap, y + (_line / 2) + (_text * 0.35f), _text, ink);
        }
    }
}
