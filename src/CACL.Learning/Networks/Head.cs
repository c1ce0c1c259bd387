using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>
/// The forward pass of a head (METHOD.md §4). A head sees one position at a time, so it is computed as matrix products over rows, one row
/// per position.
/// </summary>
internal static class Head
{
    private static readonly Lazy<TorchScript> Script = new(
        () => TorchScript.Load("Runtime/product", "Networks/split_batch_norm", "Networks/head"));

    /// <summary>
    /// rows [R,C], sample-major, in the type of the weights' factors → [R,<see cref="HeadSpec.Output"/>] in the type of the weights, not
    /// normalised to length 1.
    /// </summary>
    /// <param name="rows">The positions.</param>
    /// <param name="weights">The network that the head belongs to.</param>
    /// <param name="head">The head.</param>
    /// <param name="training">Whether its normalisation, if any, uses the statistics of these rows and updates the running ones.</param>
    /// <param name="groups">Number of groups of consecutive samples with statistics of their own.</param>
    public static Tensor Forward(Tensor rows, NetworkWeights weights, HeadSpec head, bool training, int groups = 1)
    {
        if (head.Normalisation == HeadNormalisation.Batch) SplitBatchNorm.Check(rows, groups, training);
        return Script.Value.Call("head", rows, TensorsOf(weights, head), groups, training);
    }

    private static Tensor[] TensorsOf(NetworkWeights weights, HeadSpec head)
    {
        Tensor[] first = [weights.Factor($"{head.FirstLayer}.weight"), weights[$"{head.FirstLayer}.bias"]];
        if (head.Hidden == 0) return first;
        Tensor[] between = head.Normalisation == HeadNormalisation.Batch ? SplitBatchNorm.TensorsOf(weights, head.NormalisationLayer) : [];
        return [.. first, .. between, weights.Factor($"{head.LastLayer}.weight"), weights[$"{head.LastLayer}.bias"]];
    }
}
