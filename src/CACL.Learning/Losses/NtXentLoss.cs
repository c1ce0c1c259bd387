using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>SimCLR's loss: each view against its pair's other view, with the views of all other pairs of the batch as negatives.</summary>
internal static class NtXentLoss
{
    /// <summary>
    /// Returns the cross-entropy of a view's similarities to the 2B − 1 others, divided by the temperature, with the pair's other view as
    /// its class, mean over all 2B views, and the share of views to which that other view is the most similar of all. z [2B,D] unit
    /// vectors, first of all v, then of all v₊, B ≥ 2; gradient with respect to z.
    /// </summary>
    public static (Tensor Loss, Tensor Top1) Compute(Tensor z, double temperature) =>
        LossScripts.Functions.CallForTwo("nt_xent", z, temperature);
}
