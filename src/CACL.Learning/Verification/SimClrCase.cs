using CACL.Learning.Losses;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>SimCLR's loss, with its gradients with respect to the projector's output for both views.</summary>
internal static class SimClrCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        // No product has rounder factors in bfloat16, but a card's tf32 rounds those of the similarities.
        var tolerance = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Loss);
        var ofGradient = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Gradient);
        var (z, zPlus) = (golden.Tensor("z").requires_grad_(true), golden.Tensor("z_plus").requires_grad_(true));
        var (loss, _) = NtXentLoss.Compute(nn.functional.normalize(cat([z, zPlus]), dim: 1), golden.Number("temperature"));
        check.Relative("loss", loss, tolerance);
        var gradients = autograd.grad([loss], [z, zPlus]);
        check.Relative("grad_z", gradients[0], ofGradient);
        check.Relative("grad_z_plus", gradients[1], ofGradient);
    }
}
