using CACL.Learning.Losses;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>
/// PixPro's positive pairs, propagation and loss, with the loss's gradients with respect to both views' projections and to what the
/// propagation transforms them by.
/// </summary>
internal static class PixProCase
{
    private const string Layer = "head_propagation.0";

    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Loss);
        var ofGradient = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Gradient);
        var (distance, gamma) = (golden.Number("distance"), golden.Number("gamma"));
        string[] leaves = ["x", "x_plus", $"{Layer}.weight", $"{Layer}.bias"];
        Tensor[] of = [.. leaves.Select(name => golden.Tensor(name).requires_grad_(true))];
        var map = (of[0].shape[2], of[0].shape[3]);
        var boxes = Boxes(golden);
        check.Exact("positive", PropagationLoss.Positives(boxes, map, distance));

        var x = cat([Rows(of[0]), Rows(of[1])]);
        var g = Unit(x.matmul(of[2].flatten(1).t()) + of[3]);
        x = Unit(x);
        var target = Unit(cat([Rows(golden.Tensor("t")), Rows(golden.Tensor("t_plus"))]));
        var y = PropagationLoss.Propagate(x, g, gamma).chunk(2);
        check.Relative("y", y[0], tolerance);
        check.Relative("y_plus", y[1], tolerance);

        var (loss, _) = PropagationLoss.Compute(x, g, target, boxes, map, distance, gamma);
        check.Relative("loss", loss, tolerance);
        foreach (var (name, gradient) in leaves.Zip(autograd.grad([loss], of))) check.Relative($"grad_{name}", gradient, ofGradient);
    }

    // Boxes and flips of all views v, then of all views v₊.
    private static Tensor Boxes(GoldenFile golden)
    {
        float[] Of(string suffix) =>
        [
            .. golden.Longs($"box{suffix}").Chunk(4).Zip(golden.Longs($"flip{suffix}"), (box, flip) => box.Append(flip))
                .SelectMany(numbers => numbers.Select(number => (float)number)),
        ];
        return tensor([.. Of(""), .. Of("_plus")], [2 * golden.Shape("flip")[0], 5], float32).to(golden.Device);
    }

    private static Tensor Rows(Tensor map) => map.flatten(2).transpose(1, 2);

    private static Tensor Unit(Tensor rows) => nn.functional.normalize(rows, dim: 2);
}
