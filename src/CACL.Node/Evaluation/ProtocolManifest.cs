using CACL.Learning.Evaluation.Protocols;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation;

/// <summary>A protocol's settings as they appear in a manifest: all that change what is measured.</summary>
internal static class ProtocolManifest
{
    /// <summary>Returns the settings of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="classes">The data set's number of classes.</param>
    /// <param name="sweep">The sweep that chose the learning rate, or null. Networks of which each has the best of the same rates can be
    /// compared, so that it is the rates that count.</param>
    public static IReadOnlyDictionary<string, object> Of(
        EvaluateRequest request, EvaluationProtocolSettings settings, int classes, EvaluationSweep? sweep = null)
    {
        var manifest = new Dictionary<string, object>
        {
            ["name"] = request.Protocol,
            ["variant"] = request.Quick ? "quick" : "full",
            ["fraction"] = request.Fraction,
            ["seed"] = settings.Seed,
            ["tile_size"] = settings.Tiles.Size,
            ["tile_overlap"] = settings.Tiles.Overlap,
        };
        switch (request.Protocol)
        {
            case EvaluationProtocols.Limited:
                Add(manifest, request.Quick ? settings.QuickLimited : settings.Limited);
                return manifest;
            case EvaluationProtocols.Clusters:
                Add(manifest, request.Quick ? settings.QuickClusters : settings.Clusters, classes);
                break;
            case EvaluationProtocols.Neighbours:
                Add(manifest, request.Quick ? settings.QuickNeighbours : settings.Neighbours);
                break;
            default:
                Add(manifest, request.Quick ? settings.Quick : settings.Linear);
                break;
        }

        manifest["feature_precision"] = settings.Features.Half ? "float16" : "float32";
        if (sweep is not { Chose: true }) return manifest;
        manifest.Remove("learning_rate");
        manifest["learning_rate_sweep"] =
            new Dictionary<string, object> { ["rates"] = sweep.Rates, ["held_out"] = settings.SweepHeldOut };
        return manifest;
    }

    private static void Add(Dictionary<string, object> manifest, ClusterOptions options, int classes)
    {
        var clusters = options.Clusters > 0 ? options.Clusters : classes;
        manifest["clusters"] = clusters;
        manifest["assignment"] = clusters > classes ? "majority" : "one-to-one";
        manifest["starts"] = options.Starts;
        manifest["iterations"] = options.Iterations;
        manifest["training_pixels"] = options.TrainingPixels;
        manifest["passes"] = options.Passes;
        manifest["image_size"] = options.ImageSize;
    }

    private static void Add(Dictionary<string, object> manifest, NeighbourOptions options)
    {
        manifest["neighbours"] = options.Neighbours;
        manifest["temperature"] = options.Temperature;
        manifest["training_pixels"] = options.TrainingPixels;
        manifest["image_size"] = options.ImageSize;
    }

    private static void Add(Dictionary<string, object> manifest, LinearOptions options)
    {
        manifest["epochs"] = options.Epochs;
        manifest["learning_rate"] = options.LearningRate;
        manifest["momentum"] = options.Momentum;
        manifest["weight_decay"] = options.WeightDecay;
        manifest["batch_size"] = options.BatchSize;
        manifest["flip_probability"] = options.FlipProbability;
        manifest["standardise"] = options.Standardise;
        manifest["image_size"] = options.ImageSize;
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
