using CACL.Configuration.Reading;
using CACL.Learning.Optimisation;

namespace CACL.Node.Settings;

/// <summary>Reads <c>cacl.training.optimiser</c> and its sections; reference.conf says what each key means.</summary>
internal static class OptimiserSettings
{
    /// <summary>Reads the settings of the optimiser that is chosen; those of the other are checked.</summary>
    public static OptimiserOptions Read(SettingsReader reader)
    {
        var kind = reader.Choice("cacl.training.optimiser", ("lars", OptimiserKind.Lars), ("sgd", OptimiserKind.Sgd));
        var lars = new OptimiserOptions
        {
            Momentum = Momentum(reader, "lars"),
            WeightDecay = WeightDecay(reader, "lars"),
            Trust = reader.Number("cacl.training.lars.trust", v => v is > 0 and <= 1, "above 0, at most 1"),
            Epsilon = reader.Number("cacl.training.lars.epsilon", v => v is >= 0 and <= 1, "from 0 to 1"),
            Denominator = reader.Choice(
                "cacl.training.lars.denominator",
                ("sum-of-norms", TrustDenominator.SumOfNorms), ("norm-of-sum", TrustDenominator.NormOfSum)),
            AdaptVectors = reader.Boolean("cacl.training.lars.adapt-vectors"),
            RateInMomentum = reader.Boolean("cacl.training.lars.rate-in-momentum"),
        };
        var sgd = new OptimiserOptions
        {
            Kind = OptimiserKind.Sgd,
            Momentum = Momentum(reader, "sgd"),
            WeightDecay = WeightDecay(reader, "sgd"),
            AdaptVectors = reader.Boolean("cacl.training.sgd.decay-vectors"),
        };
        return kind == OptimiserKind.Lars ? lars : sgd;
    }

    private static double Momentum(SettingsReader reader, string section) =>
        reader.Number($"cacl.training.{section}.momentum", v => v is >= 0 and < 1, "from 0 to below 1");

    private static double WeightDecay(SettingsReader reader, string section) =>
        reader.Number($"cacl.training.{section}.weight-decay", v => v is >= 0 and <= 1, "from 0 to 1");
}
