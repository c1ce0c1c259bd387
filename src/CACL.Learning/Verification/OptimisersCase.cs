using System.Text.Json;
using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>
/// The rules of an update that methods other than CACL use: steps of each along the same gradients, at a rate that changes.
/// </summary>
internal static class OptimisersCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        const string Start = "_w0";
        var tolerance = golden.Tolerance("# relative", 1e-6);
        var rates = golden.Doubles("learning_rates");
        string[] names =
        [
            .. golden.Entries.Select(e => e.Name).Where(n => n.EndsWith(Start, StringComparison.Ordinal)).Select(n => n[..^Start.Length]),
        ];
        foreach (var rule in golden.Json("optimisers").EnumerateObject())
        {
            // A rule's name begins with its kind.
            var kind = JsonSerializer.SerializeToElement(rule.Name.Split('_')[0]);
            var options = OptimiserConfig.With(new OptimiserOptions(), "optimiser", kind)!;
            foreach (var setting in rule.Value.EnumerateObject())
            {
                options = OptimiserConfig.With(options, setting.Name, setting.Value)
                    ?? throw new GoldenException($"the setting '{setting.Name}' of an optimiser is not known to this program");
            }

            using var weights = NetworkWeights.Of(
                [.. names.Select(name => new NetworkTensor(name, golden.Shape(name + Start), IsStatistic: false))], golden.Device);
            foreach (var name in names) weights.Write(name, golden.Floats(name + Start));
            using var optimiser = new Optimiser(weights, options);
            for (var step = 1; step <= rates.Length; step++)
            {
                using var scope = NewDisposeScope();
                optimiser.Step(
                    [.. names.Select(name => golden.Tensor($"{name}_g{step}"))], tensor(rates[step - 1], float64, golden.Device),
                    tensor(true, device: golden.Device));
                foreach (var name in names) check.Relative($"{name}_{rule.Name}_w{step}", weights[name], tolerance);
            }
        }
    }
}
