using CACL.Node.Configuration;

namespace CACL.Node.Evaluation;

/// <summary>A protocol's settings as they stand in a manifest: every one that changes what is measured.</summary>
internal static class ProtocolManifest
{
    /// <summary>Of the linear protocol.</summary>
    public static IReadOnlyDictionary<string, object> Linear(EvaluateRequest request, EvaluationSettings settings)
    {
        var options = request.Quick ? settings.Quick : settings.Linear;
        return new Dictionary<string, object>
        {
            ["name"] = "linear",
            ["variant"] = request.Quick ? "quick" : "full",
            ["fraction"] = request.Fraction,
            ["seed"] = settings.Seed,
            ["epochs"] = options.Epochs,
            ["learning_rate"] = options.LearningRate,
            ["momentum"] = options.Momentum,
            ["weight_decay"] = options.WeightDecay,
            ["batch_size"] = options.BatchSize,
            ["flip_probability"] = options.FlipProbability,
            ["standardise"] = options.Standardise,
            ["image_size"] = options.ImageSize,
            ["feature_precision"] = settings.Features.Half ? "float16" : "float32",
            ["tile_size"] = settings.Tiles.Size,
            ["tile_overlap"] = settings.Tiles.Overlap,
        };
    }
}
