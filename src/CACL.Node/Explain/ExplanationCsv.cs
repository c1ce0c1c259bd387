using System.Globalization;
using CACL.Data.Sampling;
using CACL.Node.Display;

namespace CACL.Node.Explain;

/// <summary>Writes a step as comma-separated values with a row per sample. What was not applied is left empty.</summary>
internal static class ExplanationCsv
{
    private const string Shared = "place,key_place,epoch,position,attempt,video,frame,frame_plus,box_x,box_y,box_width,box_height,flip";
    private const string Last = "enqueue_pixels,instead_of,missing,box_plus_x,box_plus_y,box_plus_width,box_plus_height,flip_plus,"
        + "view_solarise,view_plus_solarise";
    private static readonly string[] OfView = [
        "order", "brightness", "contrast", "saturation", "hue", "grey", "blur_sigma", "roll_y", "roll_x"];

    /// <summary>Returns all rows, with a heading.</summary>
    public static string Of(Explanation explanation)
    {
        var heading = $"{Shared},{string.Join(',', OfView.Select(c => $"view_{c}"))},"
            + $"{string.Join(',', OfView.Select(c => $"view_plus_{c}"))},{Last}\n";
        return heading + string.Concat(explanation.Batch.Samples.Select(s => Row(s, explanation.Batch.KeyPlace(s.Place)) + "\n"));
    }

    private static string Row(RebuiltSample s, int keyPlace)
    {
        var (plan, view, plus) = (s.Plan, s.Plan.View, s.Plan.ViewPlus);
        object?[] values =
        [
            s.Place, keyPlace, plan.Epoch, plan.Position, plan.Attempt, s.Path, plan.Frame, s.FramePlus, .. Box(view.Box),
            Number(view.Flip),
            .. View(view), .. View(plus),
            string.Join(' ', plan.EnqueuePixels), string.Join(' ', s.Instead.Select(v => v.Path)), s.Missing, .. Box(plus.Box),
            Number(plus.Flip), Number(view.ColourAugmentation.Solarise), Number(plus.ColourAugmentation.Solarise),
        ];
        return string.Join(',', values.Select(v => CsvCell.Of(Convert.ToString(v, CultureInfo.InvariantCulture) ?? "")));
    }

    private static object?[] Box(CropBox box) => [box.X, box.Y, box.Width, box.Height];

    private static object?[] View(ViewPlan plan)
    {
        var p = plan.ColourAugmentation;
        object?[] colours = p.Jitter
            ? [string.Join(' ', Explanation.Order(p)!), p.Brightness, p.Contrast, p.Saturation, p.Hue]
            : [null, null, null, null, null];
        return [.. colours, Number(p.Gray), p.Blur ? p.Sigma : null, plan.RollY, plan.RollX];
    }

    private static int Number(bool value) => value ? 1 : 0;
}
