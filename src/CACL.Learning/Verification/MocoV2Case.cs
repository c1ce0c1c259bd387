using CACL.Learning.Losses;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>MoCo-v2's loss, with its gradient with respect to the projector's output, and what enters the queue.</summary>
internal static class MocoV2Case
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        // No product has rounder factors in bfloat16, but a card's tf32 rounds those of the product with the queue.
        var tolerance = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Loss);
        var ofGradient = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Gradient);
        var z = golden.Tensor("z").requires_grad_(true);
        var keys = nn.functional.normalize(golden.Tensor("z_plus"), dim: 1);
        var (loss, _) = GlobalLoss.Compute(
            nn.functional.normalize(z, dim: 1), keys, golden.Tensor("queue"), golden.Number("temperature"));
        check.Relative("loss", loss, tolerance);
        check.Relative("grad_z", autograd.grad([loss], [z])[0], ofGradient);
        check.Relative("enqueued", keys, golden.Tolerance("# relative", 2e-5));
    }
}
