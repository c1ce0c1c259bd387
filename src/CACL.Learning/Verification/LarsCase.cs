using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>§7: the optimiser's steps on tensors of any shape, and the learning rates of the schedule.</summary>
internal static class LarsCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 1e-6);
        var schedule = new LearningRateSchedule(golden.Number("base"), golden.Int("total_steps"), golden.Int("warmup_steps"));
        var rates = Enumerable.Range(0, golden.Int("total_steps")).Select(step => schedule.At(step)).ToArray();
        check.Relative("learning_rates", golden.Doubles("learning_rates"), rates, tolerance);

        var names = golden.Entries.Where(e => e.Name.EndsWith("_w0", StringComparison.Ordinal)).Select(e => e.Name[..^3]).ToArray();
        if (names.Length == 0) throw new GoldenException("no tensor's name ends in _w0");
        var shapes = names.Select(name => new NetworkTensor(name, golden.Shape($"{name}_w0"), IsStatistic: false));
        using var weights = NetworkWeights.Of([.. shapes], golden.Device);
        foreach (var name in names) weights.Write(name, golden.Floats($"{name}_w0"));
        using var lars = new Optimiser(weights, new OptimiserOptions
        {
            Momentum = golden.Number("momentum"),
            WeightDecay = golden.Number("weight_decay"),
            Trust = golden.Number("trust"),
            Epsilon = golden.Number("eps"),
        });
        var steps = golden.Last(@"_[gw](\d+)$");
        if (steps > rates.Length) throw new GoldenException($"it has {steps} steps, its schedule {rates.Length}");
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            lars.Step(
                [.. names.Select(name => golden.Tensor($"{name}_g{step}"))], tensor(rates[step - 1], float64, golden.Device),
                tensor(true, device: golden.Device));
            foreach (var name in names) check.Relative($"{name}_w{step}", weights[name], tolerance);
        }
    }
}
