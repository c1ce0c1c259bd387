using System.Globalization;
using System.Runtime.CompilerServices;
using CACL.Data.Sampling;
using CACL.Learning.Photometry;
using CACL.Node.Pictures;
using SkiaSharp;
using static TorchSharp.torch;

namespace CACL.Node.Explain;

/// <summary>
/// The batch of a step as one picture, a row a sample: the crop of frame n, the view that the query network saw, the crop of frame
/// n + stride, the view that the key network saw. Views are shown as the networks see them, rolls included.
/// </summary>
internal static class ContactSheet
{
    /// <summary>More samples are not shown.</summary>
    public const int MostSamples = 1024;

    private const int RowsOfColumn = 32;
    private const int Gap = 6;
    private const float SmallText = 13;
    private const int TextLine = 16;

    /// <summary>Writes it as a PNG.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void Write(Explanation explanation, int side, bool rolled, string path)
    {
        var samples = explanation.Batch.Samples.Take(MostSamples).ToList();
        var layout = new Layout(samples.Count, side);
        var views = Views(explanation.Batch, rolled);
        using var sheet = new Sheet(layout.Width, layout.Height);
        var left = samples.Count < explanation.Batch.Samples.Count ? $", the first {samples.Count} of {explanation.Batch.Samples.Count} samples" : "";
        sheet.Write($"Step {explanation.Step}, epoch {explanation.Batch.Epoch}{left}", Sheet.Margin, Sheet.Margin + Sheet.TextSize, layout.Width - (2 * Sheet.Margin), bold: true);
        var stride = samples[0].Plan.Stride;
        string[] titles = ["frame n", "view 1", stride == 0 ? "frame n again" : $"frame n+{stride}", "view 2"];
        for (var column = 0; column < layout.Columns; column++)
        {
            for (var i = 0; i < titles.Length; i++) sheet.Write(titles[i], layout.Left(column) + (i * (layout.Cell + Gap)), Layout.Titles, layout.Cell);
        }

        for (var i = 0; i < samples.Count; i++) Row(sheet, layout, i, samples[i], views, side);
        sheet.Save(path);
    }

    private static void Row(Sheet sheet, Layout layout, int index, RebuiltSample sample, Dictionary<int, (byte[] View, byte[] ViewPlus)> views, int side)
    {
        var (x, y) = (layout.Left(index / RowsOfColumn), layout.Top(index % RowsOfColumn));
        var room = (4 * layout.Cell) + (3 * Gap);
        SheetText.Draw(sheet.Canvas, SheetText.Fit(Label(sample), SmallText, room), x, y + SmallText, SmallText, Sheet.Ink);
        SheetText.Draw(sheet.Canvas, SheetText.Fit(Changes(sample), SmallText, room), x, y + (2.25f * SmallText), SmallText, Sheet.FaintInk);
        var top = y + (2 * TextLine);
        for (var i = 0; i < 4; i++)
        {
            var place = SKRect.Create(x + (i * (layout.Cell + Gap)), top, layout.Cell, layout.Cell);
            if (sample.Pair is { } pair)
            {
                var pixels = i switch { 0 => pair.First, 1 => views[sample.Place].View, 2 => pair.Second, _ => views[sample.Place].ViewPlus };
                using var picture = Pixels.OfRgb(side, side, pixels);
                sheet.Draw(picture, place, smooth: side > layout.Cell);
            }
            else
            {
                Hatching.Draw(sheet.Canvas, place);
            }

            sheet.Frame(place);
        }
    }

    private static string Label(RebuiltSample s) => string.Create(
        CultureInfo.InvariantCulture,
        $"{s.Place}  {Path.GetFileName(s.Path)}  frames {s.Plan.Frame} and {s.FramePlus}{(s.Missing is null ? "" : "  cannot be had any more")}{(s.Instead.Count > 0 ? "  (replacement)" : "")}");

    private static string Changes(RebuiltSample s) => $"{(s.Plan.Flip ? "flipped; " : "")}view 1: {Of(s.Plan.View)}; view 2: {Of(s.Plan.ViewPlus)}";

    private static string Of(ViewPlan view)
    {
        var p = view.Photometry;
        string[] words =
        [
            p.Jitter ? "colours" : "", p.Gray ? "grey" : "", p.Blur ? string.Create(CultureInfo.InvariantCulture, $"blur {p.Sigma:0.0}") : "",
            view.RollY + view.RollX > 0 ? $"roll {view.RollY},{view.RollX}" : "",
        ];
        return string.Join(", ", words.Where(w => w.Length > 0).DefaultIfEmpty("as it is"));
    }

    // TorchSharp's types may be touched only after the loader ran, so only inside a method of its own.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Dictionary<int, (byte[] View, byte[] ViewPlus)> Views(RebuiltBatch batch, bool rolled)
    {
        var there = batch.Samples.Where(s => s.Pair is not null).Select(s => s.Place).ToArray();
        if (there.Length == 0) return [];
        using var builder = new ViewsBuilder(CPU);
        // A view depends on its own pair alone, so that missing ones change nothing.
        using var views = builder.Build(batch.Pairs, [.. Enumerable.Range(0, there.Length)]);
        var first = ViewPictures.Rgb(views.View, rolled ? views.Rolls : null);
        var second = ViewPictures.Rgb(views.ViewPlus, rolled ? views.RollsPlus : null);
        return Enumerable.Range(0, there.Length).ToDictionary(i => there[i], i => (first[i], second[i]));
    }

    private sealed class Layout(int samples, int side)
    {
        public int Cell { get; } = samples > 2 * RowsOfColumn ? 96 : side >= 128 ? Math.Min(side, 224) : 128;

        public int Columns { get; } = (samples + RowsOfColumn - 1) / RowsOfColumn;

        public static int Titles => Sheet.Margin + Sheet.LineHeight + (int)Sheet.TextSize;

        public int Width => (2 * Sheet.Margin) + (Columns * ColumnWidth) + ((Columns - 1) * 2 * Sheet.Margin);

        public int Height => Top(Math.Min(samples, RowsOfColumn)) + Sheet.Margin;

        private int ColumnWidth => (4 * Cell) + (3 * Gap);

        public int Left(int column) => Sheet.Margin + (column * (ColumnWidth + (2 * Sheet.Margin)));

        public int Top(int row) => Titles + 10 + (row * (Cell + (2 * TextLine) + (2 * Gap)));
    }
}
