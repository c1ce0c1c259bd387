using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>§4 and §6: a forward pass in training mode, then one in evaluation mode with the statistics that the first left.</summary>
internal static class BackboneCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 2e-4, RoundedQuantity.Map);
        var (batch, size, seed) = (golden.Int("batch"), golden.Int("size"), golden.Seed());
        var backbone = GoldenNames.Backbone(golden.Text("backbone"));
        using var weights = new NetworkWeights(backbone, [], golden.Device, precision: golden.Precision);
        foreach (var entry in weights.Tensors) weights.Write(entry.Name, NamedNumbers.Weight(entry.Name, entry.Shape, seed));
        weights.Round();
        var network = new ResNet(weights, Padding.Zeros, golden.Int("bn_splits"));
        var x = tensor(NamedNumbers.Uniform("x", 3L * batch * size * size, seed), [batch, 3, size, size], float32)
            .mul_(2)
            .to(golden.Device);

        using var _ = no_grad();
        Map(
            "train", backbone == Backbone.ResNet50 ? RoundedQuantity.DeepMap : RoundedQuantity.Map,
            network.Forward(x, training: true).narrow(1, 0, golden.Shape("train")[1]));
        foreach (var name in golden.Entries.Select(e => e.Name).Where(n => n.StartsWith("after.", StringComparison.Ordinal)))
            check.Relative(name, weights[name["after.".Length..]], tolerance);
        Map("eval", RoundedQuantity.Map, network.Forward(x, training: false).narrow(1, 0, golden.Shape("eval")[1]));

        void Map(string name, RoundedQuantity kind, Tensor map)
        {
            if (golden.Precision == Precision.Fp32) check.Relative(name, map, tolerance);
            else check.RelativeNorm(name, map, RoundedTolerance.Of(golden.Precision, kind));
        }
    }
}
