using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>Equation 3: a frame's vector against its positive and the queue, as in MoCo.</summary>
internal static class GlobalLoss
{
    /// <summary>
    /// Returns the cross-entropy of [û·û₊, û·Q_uᵀ]/τ with class 0, averaged over the batch, and the share of frames whose positive beats
    /// every negative. u, uPlus [B,D] unit vectors, queue [K,D]; gradient with respect to u.
    /// </summary>
    public static (Tensor Loss, Tensor Top1) Compute(Tensor u, Tensor uPlus, Tensor queue, double temperature)
    {
        using var scope = NewDisposeScope();
        var positive = (u * uPlus).sum(1, keepdim: true);
        var negatives = u.matmul(queue.t());
        // Cross-entropy with class 0 is log(1 + e^(negatives − positive)). In this form a loss near 0 keeps its digits, and so does its
        // gradient; a sum of exponentials that is rounded to about 1 would lose them.
        var rest = negatives.div(temperature).logsumexp(1);
        var loss = nn.functional.softplus(rest - positive.squeeze(1).div(temperature)).mean();
        using var _ = no_grad();
        var top1 = positive.squeeze(1).gt(negatives.amax([1])).to(u.dtype).mean();
        return (loss.MoveToOuterDisposeScope(), top1.MoveToOuterDisposeScope());
    }
}
