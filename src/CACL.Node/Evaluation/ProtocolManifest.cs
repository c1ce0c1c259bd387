using CACL.Learning.Evaluation.Protocols;
using CACL.Node.Settings;

namespace CACL.Node.Evaluation;

/// <summary>A protocol's settings as they appear in a manifest: all that change what is measured.</summary>
internal static class ProtocolManifest
{
    /// <summary>Returns the settings of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="sweep">The sweep that chose the learning rate, or null. Networks of which each has the best of the same rates can be
    /// compared, so that it is the rates that count.</param>
    public static IReadOnlyDictionary<string, object> Of(
        EvaluateRequest request, EvaluationProtocolSettings settings, EvaluationSweep? sweep = null)
    {
        var manifest = new Dictionary<string, object>
        {
            ["name"] = request.Limited ? "limited" : "linear",
            ["variant"] = request.Quick ? "quick" : "full",
            ["fraction"] = request.Fraction,
            ["seed"] = settings.Seed,
            ["tile_size"] = settings.Tiles.Size,
            ["tile_overlap"] = settings.Tiles.Overlap,
        };
        if (request.Limited) Add(manifest, request.Quick ? settings.QuickLimited : settings.Limited);
        else Add(manifest, request.Quick ? settings.Quick : settings.Linear, settings.Features.Half);
        if (sweep is not { Chose: true }) return manifest;
        manifest.Remove("learning_rate");
        manifest["learning_rate_sweep"] =
            new Dictionary<string, object> { ["rates"] = sweep.Rates, ["held_out"] = settings.SweepHeldOut };
        return manifest;
    }

    private static void Add(Dictionary<string, object> manifest, LinearOptions options, bool half)
    {
        manifest["epochs"] = options.Epochs;
        manifest["learning_rate"] = options.LearningRate;
        manifest["momentum"] = options.Momentum;
        manifest["weight_decay"] = options.WeightDecay;
        manifest["batch_size"] = options.BatchSize;
        manifest["flip_probability"] = options.FlipProbability;
        manifest["standardise"] = options.Standardise;
        manifest["image_size"] = options.ImageSize;
        manifest["feature_precision"] = half ? "float16" : "float32";
    }

    private static void Add(Dictionary<string, object> manifest, LimitedOptions options)
    {
        manifest["epochs"] = options.Epochs;
        manifest["learning_rate"] = options.LearningRate;
        manifest["momentum"] = options.Momentum;
        manifest["weight_decay"] = options.WeightDecay;
        manifest["batch_size"] = options.BatchSize;
        manifest["crop_size"] = options.CropSize;
        manifest["scale"] = new[] { options.ScaleMin, options.ScaleMax };
        manifest["flip_probability"] = options.FlipProbability;
        manifest["image_size"] = options.ImageSize;
    }
}
