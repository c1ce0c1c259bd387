using CACL.Learning.Losses;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>
/// DenseCL's matches and both of its losses, with their gradients with respect to the projectors' outputs, and what enters its dense queue.
/// </summary>
internal static class DenseClCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Loss);
        var ofGradient = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Gradient);
        var (t, ofDense) = (golden.Number("temperature"), golden.Number("dense_weight"));
        var (z, d) = (golden.Tensor("z").requires_grad_(true), golden.Tensor("d").requires_grad_(true));
        var key = nn.functional.normalize(golden.Tensor("z_plus"), dim: 1);

        var matches = Correspondence.ByFeatures(Rows(golden.Tensor("f")), Rows(golden.Tensor("f_plus")));
        if (golden.Precision == Precision.Fp32) check.Exact("index", matches);
        else matches = LossesCase.Matches(golden, check, matches);
        var (global, _) = GlobalLoss.Compute(nn.functional.normalize(z, dim: 1), key, golden.Tensor("queue_global"), t);
        var dense = PixelLoss.Compute(
            Unit(d), Unit(golden.Tensor("d_plus")), matches, golden.Tensor("queue_dense"), t, golden.Precision.Factors());
        var loss = (global * (1 - ofDense)) + (dense * ofDense);
        check.Relative("loss_global", global, tolerance);
        check.Relative("loss_dense", dense, tolerance);
        check.Relative("loss", loss, tolerance);
        var gradients = autograd.grad([loss], [z, d]);
        check.Relative("grad_z", gradients[0], ofGradient);
        check.Relative("grad_d", gradients[1], ofGradient);
        check.Relative(
            "enqueued_dense", nn.functional.normalize(Rows(golden.Tensor("d_plus")).mean([1]), dim: 1), tolerance);
    }

    private static Tensor Rows(Tensor map) => map.flatten(2).transpose(1, 2);

    private static Tensor Unit(Tensor map) => nn.functional.normalize(Rows(map), dim: 2);
}
