using System.Globalization;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Node.Display;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Node.Explain;

/// <summary>Writes a step for people: what each sample is, then how each of its views was augmented.</summary>
internal static class ExplanationText
{
    private static readonly string[] SampleColumns = ["place", "epoch", "position", "file", "frames", "box", "flip", "key place"];
    private static readonly string[] ViewColumns = [
        "place", "view", "brightness", "contrast", "saturation", "hue", "order", "grey", "blur", "solarise", "roll", "enqueued"];

    /// <summary>Writes the explanation.</summary>
    public static void Write(Explanation explanation, TextWriter output)
    {
        var batch = explanation.Batch;
        var (first, last) = (batch.Samples[0].Plan, batch.Samples[^1].Plan);
        output.WriteLine(first.Epoch == last.Epoch
            ? Line($"Step {explanation.Step}: epoch {first.Epoch}, positions {first.Position} to {last.Position} of {explanation.Videos}")
            : Line($"Step {explanation.Step}: from epoch {first.Epoch}, position {first.Position}, ")
                + Line($"to epoch {last.Epoch}, position {last.Position}, of {explanation.Videos} an epoch"));
        output.WriteLine(explanation.Story);
        output.WriteLine();
        TextTable.Write([SampleColumns, .. batch.Samples.Select(s => Sample(s, batch.KeyPlace(s.Place)))], output);
        output.WriteLine();
        TextTable.Write([ViewColumns, .. batch.Samples.SelectMany(
            s => new[] { View(s, "1", s.Plan.View, ""), View(s, "2", s.Plan.ViewPlus, string.Join(' ', s.Plan.EnqueuePixels)) })], output);
        Notes(batch, output);
    }

    /// <summary>Writes the result of recomputing the step.</summary>
    public static void Write(ReplayOutcome replay, long step, TextWriter output)
    {
        if (replay.Result is not { } result)
        {
            output.WriteLine(replay.WhyNot);
            return;
        }

        var figures = string.Join(", ", RecordedStep.Figures(result.Result).Select(f => Line($"{f.Name} {f.Value:G7}")));
        output.WriteLine($"Recomputed from {result.Checkpoint}: {figures}.");
        output.WriteLine(result switch
        {
            { Difference: 0, FirstThatDiffers: null } => "Reproduced to the bit, as "
                + $"{(result.Steps > 1 ? $"all {result.Steps} steps from {step - result.Steps + 1} on" : "recorded")}.",
            { Difference: double.NaN } => "Not reproduced: then its figures were finite.",
            { Difference: null } => result.Result.IsFinite ? "There is nothing recorded to compare it with." : "Again not finite.",
            { Difference: var difference } => Line($"Not reproduced to the bit: figures differ by up to {difference:G3}, ")
                + Line($"the first time at step {result.FirstThatDiffers}. ")
                + "Numbers are the same only on the same device, with as many threads and the same libtorch "
                + $"(here {result.Device}, {result.Threads} threads); {Had(result.Then)}.",
        });
    }

    private static string Had(StartFacts? then) => then is null
        ? "the run's log tells what it had"
        : $"the run had {then.Device}{(then.DeviceName is { } name ? $" ({name})" : "")}, {then.Threads} threads"
            + (then.Ranks is { } ranks ? $" and {ranks} ranks, whose sums are rounded in another order" : "");

    private static void Notes(RebuiltBatch batch, TextWriter output)
    {
        var notes = batch.Samples.SelectMany(s => s.Instead.Select(v => $"{s.Place}: in place of {v.Path} ({v.Reason}): {v.Message}")
            .Concat(s.Missing is { } why ? [$"{s.Place}: its frames are no longer available: {why}"] : [])).ToList();
        if (notes.Count == 0) return;
        output.WriteLine();
        foreach (var note in notes) output.WriteLine(note);
    }

    private static string[] Sample(RebuiltSample s, int keyPlace)
    {
        var plan = s.Plan;
        var marks = (s.Instead.Count > 0 ? " (replacement)" : "") + (s.Missing is null ? "" : " (missing)");
        return
        [
            Line($"{s.Place}"), Line($"{plan.Epoch}"), Line($"{plan.Position}"), Path.GetFileName(s.Path) + marks,
            Frames(s), Box(plan), Flip(plan), Line($"{keyPlace}"),
        ];
    }

    private static string Frames(RebuiltSample s) => VideoFileTypes.IsStill(s.Path) ? "image"
        : s.Plan.Stride == 0 ? Line($"{s.Plan.Frame}")
        : Line($"{s.Plan.Frame}, {s.FramePlus}");

    // One box if both views have the same.
    private static string Box(SamplePlan plan)
    {
        var (box, plus) = (plan.View.Box, plan.ViewPlus.Box);
        return box == plus ? Text(box) : $"{Text(box)}; {Text(plus)}";

        static string Text(CropBox box) => Line($"{box.Width}x{box.Height} at {box.X},{box.Y}");
    }

    private static string Flip(SamplePlan plan) => (plan.View.Flip, plan.ViewPlus.Flip) switch
    {
        (true, true) => "yes",
        (true, false) => "view 1",
        (false, true) => "view 2",
        _ => "",
    };

    private static string[] View(RebuiltSample s, string view, ViewPlan plan, string enqueued)
    {
        var p = plan.ColourAugmentation;
        return
        [
            Line($"{s.Place}"), view, p.Jitter ? Line($"{p.Brightness:0.000}") : "", p.Jitter ? Line($"{p.Contrast:0.000}") : "",
            p.Jitter ? Line($"{p.Saturation:0.000}") : "", p.Jitter ? Line($"{p.Hue:+0.000;-0.000}") : "",
            string.Concat(Explanation.Order(p)?.Select(o => o[0]) ?? []), p.Gray ? "yes" : "", p.Blur ? Line($"{p.Sigma:0.00}") : "",
            p.Solarise ? "yes" : "",
            Line($"{plan.RollY},{plan.RollX}"), enqueued,
        ];
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
