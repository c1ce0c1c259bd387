using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>
/// The forward pass of a head (METHOD.md §4). A head sees one position at a time, so it is computed as matrix products over rows, one row
/// per position.
/// </summary>
internal static class Head
{
    /// <summary>rows [R,C], sample-major → [R,<see cref="HeadSpec.Output"/>], not normalised to length 1.</summary>
    /// <param name="rows">The positions.</param>
    /// <param name="weights">The network that the head belongs to.</param>
    /// <param name="head">The head.</param>
    /// <param name="training">Whether its normalisation, if any, uses the statistics of these rows and updates the running ones.</param>
    /// <param name="groups">Number of groups of consecutive samples with statistics of their own.</param>
    public static Tensor Forward(Tensor rows, NetworkWeights weights, HeadSpec head, bool training, int groups = 1)
    {
        using var scope = NewDisposeScope();
        var hidden = Linear(rows, weights, head.FirstLayer);
        if (head.Hidden == 0) return hidden.MoveToOuterDisposeScope();
        if (head.Normalisation == HeadNormalisation.Batch)
            hidden = SplitBatchNorm.Apply(hidden, weights, head.NormalisationLayer, groups, training);
        return Linear(hidden.relu_(), weights, head.LastLayer).MoveToOuterDisposeScope();
    }

    private static Tensor Linear(Tensor rows, NetworkWeights weights, string layer) =>
        addmm(weights[$"{layer}.bias"], rows, weights[$"{layer}.weight"].flatten(1).t(), 1, 1);
}
