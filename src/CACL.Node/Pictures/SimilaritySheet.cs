using System.Globalization;
using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Similarity;
using CACL.Node.Ending;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>The content of a similarity sheet.</summary>
/// <param name="Title">The title, in bold above everything.</param>
/// <param name="Notes">Lines below the title.</param>
/// <param name="First">The frame in which the points are.</param>
/// <param name="Second">The frame that is searched, of the same size.</param>
/// <param name="FirstTitle">Title of the first frame.</param>
/// <param name="SecondTitle">Title of the second frame.</param>
/// <param name="Points">Pixels of the first frame, and their names.</param>
/// <param name="Views">The columns: a name, and a map for each point.</param>
internal sealed record SimilarityPicture(
    string Title,
    IReadOnlyList<string> Notes,
    RgbImage First,
    RgbImage Second,
    string FirstTitle,
    string SecondTitle,
    IReadOnlyList<(int X, int Y, string Name)> Points,
    IReadOnlyList<(string Name, IReadOnlyList<SimilarityMap> Maps)> Views);

/// <summary>
/// The paper's Figure 3 as a PNG: the two frames, and below them a row for each point with a heat map for each head over the second
/// frame, a colour bar with its range, and a mark where the similarity is largest.
/// </summary>
internal sealed class SimilaritySheet : IDisposable
{
    /// <summary>Approximate least longer side; smaller frames are enlarged to it.</summary>
    private const int LeastSide = 400;

    private const int ColumnGap = 20;
    private const int BarHeight = 14;
    private const float MarkRadius = 9;

    private static readonly SKColor[] PointColours = [
        new(0xFF, 0x3B, 0x30), new(0x00, 0xB8, 0xD9), new(0xFF, 0xC4, 0x00), new(0x36, 0xB3, 0x7E), new(0xBF, 0x5A, 0xF2),
        new(0xFF, 0x8B, 0x00)];

    private readonly SimilarityPicture _picture;
    private readonly Sheet _sheet;

    private SimilaritySheet(SimilarityPicture picture)
    {
        _picture = picture;
        var longest = Math.Max(picture.First.Width, picture.First.Height);
        Scale = Math.Max(1, (LeastSide + (longest / 2)) / longest);
        (PanelWidth, PanelHeight) = (picture.First.Width * Scale, picture.First.Height * Scale);
        var columns = Math.Max(2, picture.Views.Count);
        var width = (2 * Sheet.Margin) + (columns * PanelWidth) + ((columns - 1) * ColumnGap);
        _sheet = new Sheet(width, RowTop(picture.Points.Count) + Sheet.Margin);
    }

    private int Scale { get; }

    private int PanelWidth { get; }

    private int PanelHeight { get; }

    private int HeadHeight => Sheet.Margin + ((1 + _picture.Notes.Count) * Sheet.LineHeight) + (Sheet.Margin / 2);

    /// <summary>Writes the sheet.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void Write(string path, SimilarityPicture picture)
    {
        using var sheet = new SimilaritySheet(picture);
        sheet.Draw();
        sheet._sheet.Save(path);
    }

    /// <inheritdoc/>
    public void Dispose() => _sheet.Dispose();

    /// <summary>Returns the area of a picture in a row (−1: the frames).</summary>
    internal SKRect Place(int row, int column) => SKRect.Create(
        Sheet.Margin + (column * (PanelWidth + ColumnGap)),
        row < 0 ? HeadHeight + Sheet.LineHeight : RowTop(row) + Sheet.LineHeight,
        PanelWidth,
        PanelHeight);

    // Rows are below the frames; each has a line of titles, the pictures, the colour bars and their numbers.
    private int RowTop(int row) =>
        HeadHeight + Sheet.LineHeight + PanelHeight + (Sheet.Margin * 3 / 2) + (
            row * (Sheet.LineHeight + PanelHeight + BarHeight + Sheet.LineHeight + Sheet.Margin + 6));

    private void Draw()
    {
        var room = PanelWidth * Math.Max(2, _picture.Views.Count);
        _sheet.Write(_picture.Title, Sheet.Margin, Sheet.Margin + Sheet.TextSize, room, bold: true);
        for (var i = 0; i < _picture.Notes.Count; i++)
            _sheet.Write(
                _picture.Notes[i], Sheet.Margin, Sheet.Margin + Sheet.TextSize + ((i + 1) * Sheet.LineHeight), room,
                colour: Sheet.FaintInk);
        DrawFrame(_picture.First, _picture.FirstTitle, 0);
        for (var i = 0; i < _picture.Points.Count; i++) DrawPoint(Place(-1, 0), i, number: true);
        DrawFrame(_picture.Second, _picture.SecondTitle, 1);
        for (var row = 0; row < _picture.Points.Count; row++)
        {
            for (var column = 0; column < _picture.Views.Count; column++) DrawMap(row, column);
        }
    }

    private void DrawFrame(RgbImage frame, string title, int column)
    {
        var place = Place(-1, column);
        using var bitmap = Pixels.OfRgb(frame.Width, frame.Height, frame.Pixels);
        _sheet.Write(title, place.Left, place.Top - 8, PanelWidth);
        _sheet.Draw(bitmap, place, smooth: true);
        _sheet.Frame(place);
    }

    private void DrawMap(int row, int column)
    {
        var place = Place(row, column);
        var (name, maps) = _picture.Views[column];
        var map = maps[row];
        var left = place.Left;
        if (column == 0)
        {
            // The row's own name stands before that of the first column.
            var label = _picture.Points[row].Name;
            using var dot = new SKPaint { Color = PointColours[row % PointColours.Length], IsAntialias = true };
            _sheet.Canvas.DrawCircle(left + 7, place.Top - 14, 7, dot);
            _sheet.Write(label, left + 20, place.Top - 8, PanelWidth / 2f, bold: true);
            left += 32 + SheetText.Measure(label, Sheet.TextSize);
        }

        _sheet.Write(name, left, place.Top - 8, place.Right - left);
        using var heat = HeatMap.Over(_picture.Second, map);
        _sheet.Draw(heat, place, smooth: true);
        _sheet.Frame(place);
        DrawPoint(place, row, number: false);
        DrawBest(place, map);
        DrawBar(map, SKRect.Create(place.Left, place.Bottom + 6, PanelWidth, BarHeight));
    }

    /// <summary>Draws a point in the first frame: a ring of its colour, with its number where it is first shown.</summary>
    private void DrawPoint(SKRect place, int index, bool number)
    {
        var (x, y, _) = _picture.Points[index];
        var centre = new SKPoint(place.Left + ((x + 0.5f) * Scale), place.Top + ((y + 0.5f) * Scale));
        var radius = number ? MarkRadius : MarkRadius / 2;
        Ring(centre, radius, SKColors.Black.WithAlpha(200), 5);
        Ring(centre, radius, PointColours[index % PointColours.Length], 2.6f);
        if (!number) return;
        var text = (index + 1).ToString(CultureInfo.InvariantCulture);
        var size = Sheet.TextSize * 1.1f;
        // Beside the ring, on the side with room for it.
        var textX = centre.X + radius + 6 + SheetText.Measure(text, size) < place.Right
            ? centre.X + radius + 5
            : centre.X - radius - 5 - SheetText.Measure(text, size);
        SheetText.Outline(_sheet.Canvas, text, textX, Math.Min(centre.Y + (size * 0.36f), place.Bottom - 4), size);
    }

    /// <summary>Marks where the similarity is largest: a white cross whose middle is left open.</summary>
    private void DrawBest(SKRect place, SimilarityMap map)
    {
        var x = place.Left + ((map.Best.X + 0.5f) * PanelWidth / map.Width);
        var y = place.Top + ((map.Best.Y + 0.5f) * PanelHeight / map.Height);
        foreach (var (colour, width, more) in new[] { (SKColors.Black.WithAlpha(220), 5f, 1f), (SKColors.White, 2.2f, 0f) })
        {
            using var line = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = width, Color = colour, IsAntialias = true };
            var (near, far) = (4 - more, 14 + more);
            _sheet.Canvas.DrawLine(x - far, y, x - near, y, line);
            _sheet.Canvas.DrawLine(x + near, y, x + far, y, line);
            _sheet.Canvas.DrawLine(x, y - far, x, y - near, line);
            _sheet.Canvas.DrawLine(x, y + near, x, y + far, line);
        }
    }

    private void DrawBar(SimilarityMap map, SKRect place)
    {
        using var fill = new SKPaint();
        for (var x = 0; x < (int)place.Width; x++)
        {
            fill.Color = ColourMap.At(x / (place.Width - 1));
            _sheet.Canvas.DrawRect(place.Left + x, place.Top, 1, place.Height, fill);
        }

        _sheet.Frame(place);
        var baseline = place.Bottom + Sheet.TextSize + 2;
        var (low, high) = HeatMap.Scale(map);
        _sheet.Write(Number(low, 2), place.Left, baseline, PanelWidth, colour: Sheet.FaintInk);
        _sheet.Write(
            Number(high, 2), place.Right - SheetText.Measure(Number(high, 2), Sheet.TextSize), baseline, PanelWidth,
            colour: Sheet.FaintInk);
        var what = low < map.Lowest ? $"cosine, all within {Number(Math.Max(0.0001f, map.Highest - map.Lowest), 4)}" : "cosine";
        _sheet.Write(what, place.MidX - (SheetText.Measure(what, Sheet.TextSize) / 2), baseline, PanelWidth, colour: Sheet.FaintInk);
    }

    private void Ring(SKPoint centre, float radius, SKColor colour, float width)
    {
        using var line = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = width, Color = colour, IsAntialias = true };
        _sheet.Canvas.DrawCircle(centre, radius, line);
    }

    private static string Number(float cosine, int digits) => cosine.ToString($"F{digits}", CultureInfo.InvariantCulture).Replace('-', '−');
}
