using System.Globalization;
using System.Runtime.CompilerServices;
using CACL.Data.DataSets;
using CACL.Data.Sampling;
using CACL.Learning.Augmentation;
using CACL.Node.Ending;
using CACL.Node.Pictures;
using SkiaSharp;
using static TorchSharp.torch;

namespace CACL.Node.Explain;

/// <summary>
/// The batch of a step as one picture with a row per sample: frame n with the crop's box, the view that the query network saw, frame n +
/// stride, the view that the key network saw. Views are shown as the networks see them, rolls included.
/// </summary>
internal sealed class ContactSheet
{
    /// <summary>Most samples that are shown.</summary>
    public const int MostSamples = 512;

    private const float SmallText = 13;

    private readonly Explanation _explanation;
    private readonly int _side;
    private readonly bool _rolled;
    private readonly ContactSheetLayout _layout;

    /// <summary>Creates the contact sheet of a step.</summary>
    /// <param name="explanation">The step.</param>
    /// <param name="side">Side S of the views, pixels.</param>
    /// <param name="rolled">Whether the run uses the spatial roll.</param>
    public ContactSheet(Explanation explanation, int side, bool rolled)
    {
        _explanation = explanation;
        _side = side;
        _rolled = rolled;
        _layout = new ContactSheetLayout(Math.Min(explanation.Batch.Samples.Count, MostSamples), side);
    }

    /// <summary>Side of the squares in which it needs whole frames, pixels.</summary>
    public int FrameSide => _layout.FrameWidth;

    /// <summary>Writes the sheet as a PNG.</summary>
    /// <param name="frames">The whole frames of each sample shown; null where they are not available.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public void Write(IReadOnlyList<WholeFrames?> frames, string path)
    {
        var samples = _explanation.Batch.Samples.Take(MostSamples).ToList();
        var views = Views();
        using var sheet = new Sheet(_layout.Width, _layout.Height);
        Head(sheet, samples);
        for (var i = 0; i < samples.Count; i++)
        {
            var sample = samples[i];
            Row(sheet, i, sample, frames[i], views.TryGetValue(sample.Place, out var pair) ? pair : null);
        }

        sheet.Save(path);
    }

    private void Head(Sheet sheet, List<RebuiltSample> samples)
    {
        var room = _layout.Width - (2 * Sheet.Margin);
        var all = _explanation.Batch.Samples.Count;
        var left = samples.Count < all ? $", the first {samples.Count} of {all} samples" : "";
        sheet.Write(
            $"Step {_explanation.Step}, epoch {_explanation.Batch.Epoch}{left}", Sheet.Margin, Sheet.Margin + Sheet.TextSize, room,
            bold: true);
        Small(sheet, _explanation.Story, Sheet.Margin, ContactSheetLayout.Story, room, Sheet.Ink);
        var legend = "Box: the crop." + (_rolled ? " Cross: where pixel shuffle (equation 7) put the view's upper left corner." : "");
        Small(sheet, legend, Sheet.Margin, ContactSheetLayout.Legend, room, Sheet.FaintInk);
        var stride = samples[0].Plan.Stride;
        string[] titles = ["frame n", "view 1 (query)", stride == 0 ? "frame n again" : $"frame n+{stride}", "view 2 (key)"];
        for (var column = 0; column < _layout.Columns; column++)
        {
            for (var i = 0; i < titles.Length; i++)
            {
                var place = _layout.Place(column * ContactSheetLayout.RowsOfColumn, i);
                SheetText.Draw(
                    sheet.Canvas, SheetText.Fit(titles[i], SmallText, place.Width), place.Left, ContactSheetLayout.Titles, SmallText,
                    Sheet.Ink, bold: true);
            }
        }
    }

    private void Row(Sheet sheet, int index, RebuiltSample sample, WholeFrames? frames, (byte[] View, byte[] ViewPlus)? views)
    {
        var (x, y) = _layout.Labels(index);
        Small(sheet, Label(sample), x, y + SmallText, _layout.RowWidth, Sheet.Ink);
        Small(sheet, Changes(sample), x, y + SmallText + ContactSheetLayout.TextLine, _layout.RowWidth, Sheet.FaintInk);
        Frame(sheet, frames, frames?.First, sample.Plan.View.Box, _layout.Place(index, 0));
        View(sheet, views?.View, sample.Plan.View, _layout.Place(index, 1));
        Frame(sheet, frames, frames?.Second, sample.Plan.ViewPlus.Box, _layout.Place(index, 2));
        View(sheet, views?.ViewPlus, sample.Plan.ViewPlus, _layout.Place(index, 3));
    }

    private static void Frame(Sheet sheet, WholeFrames? frames, byte[]? pixels, CropBox box, SKRect place)
    {
        if (frames is null) Hatching.Draw(sheet.Canvas, place);
        else place = ContactSheetMarks.FrameWithBox(sheet, frames, pixels, box, place);
        sheet.Frame(place);
    }

    private void View(Sheet sheet, byte[]? pixels, ViewPlan plan, SKRect place)
    {
        if (pixels is null)
        {
            Hatching.Draw(sheet.Canvas, place);
        }
        else
        {
            using var picture = Pixels.OfRgb(_side, _side, pixels);
            sheet.Draw(picture, place, smooth: _side > place.Width);
            if (_rolled) ContactSheetMarks.Corner(sheet, plan, _side, place);
        }

        sheet.Frame(place);
    }

    private static void Small(Sheet sheet, string text, float x, float baseline, float room, SKColor colour) =>
        SheetText.Draw(sheet.Canvas, SheetText.Fit(text, SmallText, room), x, baseline, SmallText, colour);

    private static string Label(RebuiltSample s) => string.Create(
        CultureInfo.InvariantCulture,
        $"{s.Place}  {Path.GetFileName(s.Path)}  {(s.Plan.Stride == 0 ? "frame" : $"frames {s.Plan.Frame} and")} "
            + $"{s.FramePlus}{(s.Missing is null ? "" : "  cannot be had any more")}{(s.Instead.Count > 0 ? "  (replacement)" : "")}");

    private string Changes(RebuiltSample s)
    {
        var (view, plus) = (s.Plan.View, s.Plan.ViewPlus);
        var alike = view.Flip == plus.Flip;
        return $"{(alike && view.Flip ? "both flipped; " : "")}view 1: {Of(view, !alike)}; view 2: {Of(plus, !alike)}";
    }

    private string Of(ViewPlan view, bool ownFlip)
    {
        var p = view.ColourAugmentation;
        string[] words =
        [
            ownFlip && view.Flip ? "flipped" : "", p.Jitter ? "colours" : "", p.Gray ? "grey" : "",
            p.Blur ? string.Create(CultureInfo.InvariantCulture, $"blur {p.Sigma:0.0}") : "", p.Solarise ? "solarised" : "",
            _rolled && view.RollY + view.RollX > 0 ? $"roll {view.RollY},{view.RollX}" : "",
        ];
        return string.Join(", ", words.Where(w => w.Length > 0).DefaultIfEmpty("as it is"));
    }

    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Dictionary<int, (byte[] View, byte[] ViewPlus)> Views()
    {
        var batch = _explanation.Batch;
        var there = batch.Samples.Where(s => s.Pair is not null).Select(s => s.Place).ToArray();
        if (there.Length == 0) return [];
        using var builder = new ViewsBuilder(CPU);
        // A view depends on its own pair alone, so missing ones change nothing.
        using var views = builder.Build(batch.Pairs, [.. Enumerable.Range(0, there.Length)]);
        var first = ViewPictures.Rgb(views.View, _rolled ? views.Rolls : null);
        var second = ViewPictures.Rgb(views.ViewPlus, _rolled ? views.RollsPlus : null);
        return Enumerable.Range(0, there.Length).ToDictionary(i => there[i], i => (first[i], second[i]));
    }
}
