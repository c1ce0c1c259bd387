using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// Equation 4: every pixel against its positive and the queue. Only p has a gradient, which is known in closed form, so the B·N × K logits
/// are swept once in tiles and never kept.
/// </summary>
internal static class PixelLoss
{
    /// <summary>
    /// Returns the cross-entropy of [p_i·p₊_j(i), p_i·Q_pᵀ]/τ with class 0, averaged over B·N. p, pPlus [B,N,D] unit vectors, matches j
    /// [B,N], queue [K,D].
    /// </summary>
    public static Tensor Compute(Tensor p, Tensor pPlus, Tensor matches, Tensor queue, double temperature)
    {
        using var scope = NewDisposeScope();
        Tensor loss, gradient;
        using (no_grad())
        {
            var width = p.shape[2];
            var rows = p.detach().reshape(-1, width);
            var positives = pPlus.gather(1, matches.unsqueeze(2).expand(p.shape)).reshape(-1, width);
            var positive = (rows * positives).sum(1).div_(temperature);
            var (negatives, mean) = QueueSoftmax.Sweep(rows, queue, temperature, withMean: true);

            // −log softmax of class 0 = log(1 + e^(negatives − positive)).
            var all = logaddexp(positive, negatives);
            loss = (all - positive).mean();

            // ∂/∂p_i = (Σ of all logits' vectors weighted by the softmax − p₊_j(i)) / (τ·B·N).
            var ofNegatives = negatives.sub_(all).exp_().unsqueeze(1);
            gradient = mean!.sub_(positives).mul_(ofNegatives).div_(temperature * rows.shape[0]).view(p.shape);
        }

        return ClosedFormGradient.Attach(loss, p, gradient).MoveToOuterDisposeScope();
    }
}
