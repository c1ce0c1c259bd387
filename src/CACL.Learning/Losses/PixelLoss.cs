using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// Equation 4: every pixel against its positive and the queue. Only p has a gradient, and it is known in closed form, so the B·N × K
/// logits are swept in tiles once and never kept.
/// </summary>
internal static class PixelLoss
{
    /// <summary>
    /// Returns the cross-entropy of [p_i·p₊_j(i), p_i·Q_pᵀ]/τ with class 0, mean over B·N. p, pPlus [B,N,D] unit vectors,
    /// matches j [B,N], queue [K,D]; gradient with respect to p. factors: the type of the factors of the products with the queue; null:
    /// p's own.
    /// </summary>
    public static Tensor Compute(
        Tensor p, Tensor pPlus, Tensor matches, Tensor queue, double temperature, ScalarType? factors = null)
    {
        using var scope = NewDisposeScope();
        Tensor loss, gradient;
        using (no_grad())
        {
            var tile = LossScripts.TileOn(p.device);
            (loss, gradient) = LossScripts.Functions.CallForTwo(
                "pixel_loss", p, pPlus, matches, queue, temperature, (int)(factors ?? p.dtype), tile.Rows, tile.Columns);
        }

        return ClosedFormGradient.Attach(loss, p, gradient).MoveToOuterDisposeScope();
    }
}
