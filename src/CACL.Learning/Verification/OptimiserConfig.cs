using System.Text.Json;
using CACL.Learning.Optimisation;

namespace CACL.Learning.Verification;

/// <summary>The optimiser's settings in a golden file.</summary>
internal static class OptimiserConfig
{
    /// <summary>Returns the options with a setting; null if it is not one of the optimiser's.</summary>
    public static OptimiserOptions? With(OptimiserOptions options, string key, JsonElement value) => key switch
    {
        "optimiser" => Rule(options, value.GetString()!),
        "optimiser_momentum" => options with { Momentum = value.GetDouble() },
        "weight_decay" => options with { WeightDecay = value.GetDouble() },
        "trust" => options with { Trust = value.GetDouble() },
        "eps" => options with { Epsilon = value.GetDouble() },
        "rate_in_buffer" => options with { RateInMomentum = value.GetBoolean() },
        _ => null,
    };

    // The reference's rivals use LARS with one norm below, and SGD with weight decay on every parameter.
    private static OptimiserOptions Rule(OptimiserOptions options, string word) => word switch
    {
        "lars" => options with { Kind = OptimiserKind.Lars, Denominator = TrustDenominator.NormOfSum, AdaptVectors = false },
        "sgd" => options with { Kind = OptimiserKind.Sgd, AdaptVectors = true },
        _ => throw new GoldenException($"the optimiser '{word}' is not known to this program"),
    };
}
