using CACL.Data.Files;
using CACL.Node.Fonts;
using ScottPlot;
using SkiaSharp;

namespace CACL.Node.Study;

/// <summary>
/// Plots mIoU over steps: a line per row through the seeds' means, a band from the least to the largest value, the legend beside it.
/// </summary>
internal static class StudyPlot
{
    private const int Width = 1000;
    private const int Height = 560;
    private const string Font = "DejaVu Sans";

    // Okabe and Ito's colours, which can be told apart with red-green colour blindness, too.
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6BB1"];
    private static readonly MarkerShape[] Markers = [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond];

    private static readonly Lazy<bool> FontIsKnown = new(() =>
    {
        ScottPlot.Fonts.FontResolvers.Insert(0, new EmbeddedFontResolver());
        ScottPlot.Fonts.Default = Font;
        return true;
    });

    /// <summary>Draws a table's curves into a PNG file, atomically.</summary>
    public static void Save(StudyPlan plan, StudyTable table, string file)
    {
        _ = FontIsKnown.Value;
        using var plot = new Plot();
        var last = table.Values.Select(v => v.Step).DefaultIfEmpty(0).Max();
        var colour = 0;
        foreach (var row in plan.Rows)
        {
            var curve = table.Curve(row);
            var style = colour++;
            if (curve.Count == 0) continue;
            if (row.Source == StudySource.Training) Line(plot, row, curve, style);
            else Level(plot, row, curve[^1].Miou, curve[^1].Least, curve[^1].Most, Math.Max(last, 1), style);
        }

        var n = table.Values.Select(v => v.Seed).OfType<ulong>().Distinct().Count();
        plot.Title($"{plan.Title}: {table.DataSet.Name}, {table.DataSet.Protocol} protocol ({table.DataSet.Variant})", 17);
        plot.XLabel("training steps", 15);
        plot.YLabel(n > 1 ? $"mIoU, %: mean and range of {n} seeds" : "mIoU, %", 15);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.MinimumSize = 70;
        plot.Axes.Margins(0.02, 0.08);
        var steps = table.Values.Select(v => v.Step).Distinct().Order().ToList();
        if (steps.Count is > 1 and <= 10) plot.Axes.Bottom.SetTicks([.. steps.Select(s => (double)s)], [.. steps.Select(s => $"{s:N0}")]);
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(.12);
        var legend = plot.ShowLegend(Edge.Right);
        legend.Legend.FontSize = 14;
        legend.Legend.OutlineWidth = 0;
        legend.Legend.ShadowColor = Colors.Transparent;
        plot.Font.Set(Font);
        AtomicFile.WriteBytes(file, plot.GetImageBytes(Width, Height, ImageFormat.Png));
    }

    private static void Line(Plot plot, StudyRow row, IReadOnlyList<(long Step, Spread Miou, double Least, double Most)> curve, int style)
    {
        var colour = Color.FromHex(Colours[style % Colours.Length]);
        var steps = curve.Select(p => (double)p.Step).ToArray();
        if (curve.Any(p => p.Most > p.Least))
        {
            // Faint, since the rows' bands overlap; its edges are what the eye follows.
            var band = plot.Add.FillY(steps, [.. curve.Select(p => p.Least)], [.. curve.Select(p => p.Most)]);
            band.FillColor = colour.WithAlpha(.07);
            band.LineColor = colour.WithAlpha(.55);
            band.LineWidth = 1;
            band.LinePattern = LinePattern.Dotted;
            band.MarkerSize = 0;
        }

        var line = plot.Add.Scatter(steps, curve.Select(p => p.Miou.Mean).ToArray());
        line.Color = colour;
        line.LineWidth = 2.5f;
        line.MarkerSize = 8;
        line.MarkerShape = Markers[style % Markers.Length];
        line.LegendText = row.Name;
    }

    // A row without a training has a single value, with which the others are compared at every step.
    private static void Level(Plot plot, StudyRow row, Spread miou, double least, double most, long until, int style)
    {
        var colour = Color.FromHex(Colours[style % Colours.Length]);
        if (most > least)
        {
            var band = plot.Add.FillY([0.0, until], [least, least], [most, most]);
            band.FillColor = colour.WithAlpha(.07);
            band.LineWidth = 0;
            band.MarkerSize = 0;
        }

        var line = plot.Add.Scatter(new double[] { 0, until }, [miou.Mean, miou.Mean]);
        line.Color = colour;
        line.LineWidth = 2;
        line.LinePattern = LinePattern.Dashed;
        line.MarkerSize = 0;
        line.LegendText = row.Name;
    }

    private sealed class EmbeddedFontResolver : IFontResolver
    {
        // A new copy each time: ScottPlot disposes what it is given.
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == Font ? EmbeddedFont.NewTypeface() : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Font ? EmbeddedFont.NewTypeface() : null;
    }
}
