using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>
/// Split batch normalisation (METHOD.md §6): in training, statistics are computed per group of consecutive samples, as if each group lay
/// on a device of its own; running statistics (unbiased variance) take the mean over groups.
/// </summary>
internal static class SplitBatchNorm
{
    private static readonly Lazy<TorchScript> Script = new(() => TorchScript.Load("Networks/split_batch_norm"));

    /// <summary>
    /// Normalises x [B,C,H,W], or sample-major rows [R,C]; the layout is kept. In training, it updates the two running statistics in place.
    /// </summary>
    /// <exception cref="ArgumentException">The batch does not divide into the groups.</exception>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance, int groups, bool training)
    {
        Check(x, groups, training);
        return Script.Value.Call("split_batch_norm", x, new[] { weight, bias, runningMean, runningVariance }, groups, training);
    }

    /// <summary>Returns a layer's four tensors in the order in which scripts take them.</summary>
    public static Tensor[] TensorsOf(NetworkWeights weights, string layer) =>
    [
        weights[$"{layer}.weight"], weights[$"{layer}.bias"], weights[$"{layer}.running_mean"], weights[$"{layer}.running_var"],
    ];

    /// <summary>Checks that a batch divides into the groups.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Check(Tensor x, int groups, bool training)
    {
        if (training && groups > 1 && x.shape[0] % groups != 0)
            throw new ArgumentException($"A batch of {x.shape[0]} does not divide into {groups} groups of batch normalisation.");
    }
}
