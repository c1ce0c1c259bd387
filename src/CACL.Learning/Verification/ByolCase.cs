using CACL.Learning.Losses;
using CACL.Learning.Methods.Byol;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>BYOL's loss, with its gradients with respect to both predictions, and the momentum of each step of a run.</summary>
internal static class ByolCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        // Nothing here is a product: it is as exact in every precision.
        var tolerance = golden.Tolerance("# relative", 2e-5);
        var (p, pPlus) = (golden.Tensor("p").requires_grad_(true), golden.Tensor("p_plus").requires_grad_(true));
        var loss = PredictionLoss.Compute(Unit(p, pPlus), Unit(golden.Tensor("t"), golden.Tensor("t_plus")));
        check.Relative("loss", loss, tolerance);
        var gradients = autograd.grad([loss], [p, pPlus]);
        check.Relative("grad_p", gradients[0], tolerance);
        check.Relative("grad_p_plus", gradients[1], tolerance);

        var (options, total) = (new ByolOptions { EmaWeight = golden.Number("momentum") }, golden.Int("total_steps"));
        double[] weights = [.. Enumerable.Range(0, total).Select(step => options.EmaWeightAt((double)step / total))];
        check.Relative("ema_weights", golden.Doubles("ema_weights"), weights, 1e-12);
    }

    private static Tensor Unit(Tensor first, Tensor second) => nn.functional.normalize(cat([first, second]), dim: 1);
}
