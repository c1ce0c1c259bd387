using System.Text.Json.Nodes;
using CACL.Data.Sampling;
using CACL.Runs.Steps;

namespace CACL.Node.Explain;

/// <summary>Writes a step as a JSON object.</summary>
internal static class ExplanationJson
{
    /// <summary>Returns the object. <c>replay</c> is null if it was not requested.</summary>
    public static JsonObject Of(Explanation explanation, ReplayOutcome? replay)
    {
        var batch = explanation.Batch;
        return new JsonObject
        {
            ["run"] = explanation.Run,
            ["step"] = explanation.Step,
            ["epoch"] = batch.Epoch,
            ["recorded"] = explanation.Recorded is { } line ? JsonNode.Parse(line.Line.GetRawText()) : null,
            ["sha256"] = batch.Sha256,
            ["samples"] = new JsonArray([.. batch.Samples.Select(s => Sample(s, batch.KeyPlace(s.Place)))]),
            ["replay"] = replay is null ? null : Replayed(replay),
        };
    }

    private static JsonObject Sample(RebuiltSample s, int keyPlace) => new()
    {
        ["place"] = s.Place,
        ["key_place"] = keyPlace,
        ["epoch"] = s.Plan.Epoch,
        ["position"] = s.Plan.Position,
        ["attempt"] = s.Plan.Attempt,
        ["video"] = s.Path,
        ["frame"] = s.Plan.Frame,
        ["frame_plus"] = s.FramePlus,
        ["box"] = Box(s.Plan.View.Box),
        ["flip"] = s.Plan.View.Flip,
        ["box_plus"] = Box(s.Plan.ViewPlus.Box),
        ["flip_plus"] = s.Plan.ViewPlus.Flip,
        ["view"] = View(s.Plan.View),
        ["view_plus"] = View(s.Plan.ViewPlus),
        ["enqueue_pixels"] = new JsonArray([.. s.Plan.EnqueuePixels.Select(p => (JsonNode)p)]),
        ["instead_of"] = new JsonArray(
            [.. s.Instead.Select(v => new JsonObject { ["video"] = v.Path, ["reason"] = v.Reason.ToString(), ["message"] = v.Message })]),
        ["missing"] = s.Missing,
    };

    private static JsonObject Box(CropBox box) => new() { ["x"] = box.X, ["y"] = box.Y, ["width"] = box.Width, ["height"] = box.Height };

    private static JsonObject View(ViewPlan plan)
    {
        var p = plan.ColourAugmentation;
        var order = Explanation.Order(p);
        return new JsonObject
        {
            ["jitter"] = order is null ? null : new JsonObject
            {
                ["order"] = new JsonArray([.. order.Select(o => (JsonNode)o)]),
                ["brightness"] = p.Brightness,
                ["contrast"] = p.Contrast,
                ["saturation"] = p.Saturation,
                ["hue"] = p.Hue,
            },
            ["grey"] = p.Gray,
            ["blur_sigma"] = p.Blur ? p.Sigma : null,
            ["solarise"] = p.Solarise,
            ["roll"] = new JsonObject { ["y"] = plan.RollY, ["x"] = plan.RollX },
        };
    }

    private static JsonObject Replayed(ReplayOutcome replay)
    {
        if (replay.Result is not { } result) return new JsonObject { ["reproduced"] = null, ["why_not"] = replay.WhyNot };
        var figures = new JsonObject();
        // JSON has no NaN.
        foreach (var (name, value) in RecordedStep.Figures(result.Result)) figures[name] = double.IsFinite(value) ? value : null;
        return new JsonObject
        {
            ["reproduced"] = result.Difference is null ? null : result is { Difference: 0, FirstThatDiffers: null },
            ["checkpoint"] = result.Checkpoint,
            ["steps"] = result.Steps,
            ["device"] = result.Device,
            ["threads"] = result.Threads,
            ["figures"] = figures,
            ["difference"] = result.Difference is { } difference && double.IsFinite(difference) ? difference : null,
            ["first_step_that_differs"] = result.FirstThatDiffers,
        };
    }
}
