using CACL.Learning.Evaluation.Protocols;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation;

/// <summary>A protocol's settings as they appear in a manifest: all that change what is measured.</summary>
internal static class ProtocolManifest
{
    /// <summary>Returns the settings of a request on a data set with this number of classes.</summary>
    public static IReadOnlyDictionary<string, object> Of(EvaluateRequest request, EvaluationProtocolSettings settings, int classes)
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
