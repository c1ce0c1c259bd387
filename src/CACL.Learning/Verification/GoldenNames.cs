using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;

namespace CACL.Learning.Verification;

/// <summary>Translates the words that golden files use for settings.</summary>
internal static class GoldenNames
{
    public static Backbone Backbone(string name) => name switch
    {
        "resnet18" => Networks.Backbone.ResNet18,
        "resnet50" => Networks.Backbone.ResNet50,
        _ => throw new GoldenException($"the backbone '{name}' is not known to this program"),
    };

    public static Heads Head(string name) =>
        CaclHeads.Find(name) ?? throw new GoldenException($"the head '{name}' is not known to this program");

    public static Positives Positives(string name) => name switch
    {
        "global-head" => Methods.Cacl.Positives.GlobalHead,
        "same-position" => Methods.Cacl.Positives.SamePosition,
        _ => throw new GoldenException($"the positives '{name}' are not known to this program"),
    };

    public static Pooling Pooling(string name) => name switch
    {
        "after-head" => Methods.Cacl.Pooling.AfterHead,
        "before-head" => Methods.Cacl.Pooling.BeforeHead,
        _ => throw new GoldenException($"the pooling '{name}' is not known to this program"),
    };

    public static CycleTarget CycleTarget(string name)
    {
        foreach (var target in Enum.GetValues<CycleTarget>())
        {
            if (WordOf(target) == name) return target;
        }

        throw new GoldenException($"the cycle's target '{name}' is not known to this program");
    }

    public static string WordOf(CycleTarget target) => target switch
    {
        Methods.Cacl.CycleTarget.Hard => "hard",
        Methods.Cacl.CycleTarget.Soft => "soft",
        Methods.Cacl.CycleTarget.SoftSelf => "soft-self",
        Methods.Cacl.CycleTarget.Features => "features",
        Methods.Cacl.CycleTarget.FeaturesSelf => "features-self",
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "This is no target of the cycle."),
    };

    public static CycleGradient CycleGradient(string name) => name switch
    {
        "first-frame" => Methods.Cacl.CycleGradient.FirstFrame,
        "both-frames" => Methods.Cacl.CycleGradient.BothFrames,
        _ => throw new GoldenException($"the cycle's gradient '{name}' is not known to this program"),
    };

    public static HeadNormalisation Normalisation(string name) => name switch
    {
        "none" => HeadNormalisation.None,
        "batch" => HeadNormalisation.Batch,
        _ => throw new GoldenException($"the normalisation '{name}' is not known to this program"),
    };

    public static Padding Padding(string name) => name switch
    {
        "zeros" => Networks.Padding.Zeros,
        "reflect" => Networks.Padding.Reflect,
        _ => throw new GoldenException($"the padding '{name}' is not known to this program"),
    };
}
