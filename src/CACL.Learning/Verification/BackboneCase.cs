using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>§4 and §6: a forward pass in training mode, then one in evaluation mode with the statistics that the first left.</summary>
internal static class BackboneCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 2e-4);
        var (batch, size, seed) = (golden.Int("batch"), golden.Int("size"), golden.Seed());
        using var weights = new NetworkWeights(GoldenNames.Backbone(golden.Text("backbone")), [], golden.Device);
        foreach (var entry in weights.Tensors) weights.Write(entry.Name, NamedNumbers.Weight(entry.Name, entry.Shape, seed));
        var network = new ResNet(weights, Padding.Zeros, golden.Int("bn_splits"));
        var x = tensor(NamedNumbers.Uniform("x", 3L * batch * size * size, seed), [batch, 3, size, size], float32)
            .mul_(2)
            .to(golden.Device);

        using var _ = no_grad();
        check.Relative("train", network.Forward(x, training: true).narrow(1, 0, golden.Shape("train")[1]), tolerance);
        foreach (var name in golden.Entries.Select(e => e.Name).Where(n => n.StartsWith("after.", StringComparison.Ordinal)))
            check.Relative(name, weights[name["after.".Length..]], tolerance);
        check.Relative("eval", network.Forward(x, training: false).narrow(1, 0, golden.Shape("eval")[1]), tolerance);
    }
}
