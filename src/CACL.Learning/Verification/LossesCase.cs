using CACL.Learning.Losses;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>§5: every loss, its intermediate results, and its gradient with respect to the maps before normalisation.</summary>
internal static class LossesCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Loss);
        var ofGradient = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Gradient);
        var factors = golden.Precision.Factors();
        var t = golden.Number("temperature");
        var (u, p, c) = (
            golden.Tensor("u").requires_grad_(true), golden.Tensor("p").requires_grad_(true), golden.Tensor("c").requires_grad_(true));
        var (uPlus, pPlus, cPlus) = (golden.Tensor("u_plus"), golden.Tensor("p_plus"), golden.Tensor("c_plus"));
        var (uPixels, uPlusPixels) = (Pixels(u).detach(), Pixels(uPlus));
        var matches = Correspondence.ByGlobalHead(uPixels, uPlusPixels);
        if (golden.Precision == Precision.Fp32) check.Exact("index", matches);
        else matches = Matches(golden, check, matches);

        var global = GlobalLoss.Compute(Pooled(u), Pooled(uPlus), golden.Tensor("queue_u"), t).Loss;
        LossAndGradient("loss_global", global, "grad_u_global", u);

        var pixel = PixelLoss.Compute(Pixels(p), Pixels(pPlus), matches, golden.Tensor("queue_p"), t, factors);
        LossAndGradient("loss_pixel", pixel, "grad_p_pixel", p);
        var samePlace = Correspondence.SamePosition(uPixels.shape[0], uPixels.shape[1], golden.Device);
        var same = PixelLoss.Compute(Pixels(p), Pixels(pPlus), samePlace, golden.Tensor("queue_p"), t, factors);
        LossAndGradient("loss_pixel_same", same, "grad_p_pixel_same", p);

        var negatives = golden.Tensor("queue_c");
        check.Relative("cycle_matrix", CycleLoss.Matrix(Pixels(c), Pixels(cPlus), negatives, t, factors), tolerance);
        check.Relative("target", CycleLoss.SoftTarget(uPixels, uPlusPixels, t), tolerance);
        var hard = CycleLoss.Compute(Pixels(c), Pixels(cPlus), negatives, t, factors: factors).Loss;
        LossAndGradient("loss_cycle_hard", hard, "grad_c_hard", c);
        var soft = CycleLoss.Compute(Pixels(c), Pixels(cPlus), negatives, t, new(uPixels, uPlusPixels, t), factors: factors).Loss;
        LossAndGradient("loss_cycle_soft", soft, "grad_c_soft", c);

        void LossAndGradient(string loss, Tensor value, string gradient, Tensor of)
        {
            check.Relative(loss, value, tolerance);
            check.Relative(gradient, autograd.grad([value], [of])[0], ofGradient);
        }
    }

    /// <summary>
    /// Compares matches, and returns those of the file: a card's tf32 may take another of two pixels that are nearly as similar, and the
    /// losses are compared for the same positives.
    /// </summary>
    internal static Tensor Matches(GoldenFile golden, GoldenCheck check, Tensor found)
    {
        var expected = tensor(golden.Longs("index"), golden.Shape("index"), int64).to(golden.Device);
        check.Add("index (share that differs)", found.ne(expected).to(float64).mean().item<double>(), 0.02);
        return expected;
    }

    private static Tensor Rows(Tensor map) => map.flatten(2).transpose(1, 2);

    private static Tensor Pixels(Tensor map) => nn.functional.normalize(Rows(map), dim: 2);

    private static Tensor Pooled(Tensor map) => nn.functional.normalize(Rows(map).mean([1]), dim: 1);
}
