using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>Equation 3: a frame's vector against its positive and the queue, as in MoCo.</summary>
internal static class GlobalLoss
{
    /// <summary>
    /// Returns the cross-entropy of [û·û₊, û·Q_uᵀ]/τ with class 0, mean over the batch, and the share of frames whose positive beats
    /// every negative. u, uPlus [B,D] unit vectors, queue [K,D]; gradient with respect to u.
    /// </summary>
    public static (Tensor Loss, Tensor Top1) Compute(Tensor u, Tensor uPlus, Tensor queue, double temperature) =>
        LossScripts.Functions.CallForTwo("global_loss", u, uPlus, queue, temperature);
}
