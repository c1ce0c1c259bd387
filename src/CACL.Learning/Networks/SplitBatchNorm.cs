using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>
/// Split batch normalisation (METHOD.md §6): in training, statistics are those of a group of consecutive samples, as if each group were on
/// a device of its own; running statistics (with unbiased variance) are averaged over groups.
/// </summary>
internal static class SplitBatchNorm
{
    private const double Epsilon = 1e-5;
    private const double Momentum = 0.1;

    /// <summary>Returns x normalised by the tensors that a network has under a layer's name; see the other overload.</summary>
    public static Tensor Apply(Tensor x, NetworkWeights weights, string layer, int groups, bool training) => Apply(
        x,
        weights[$"{layer}.weight"],
        weights[$"{layer}.bias"],
        weights[$"{layer}.running_mean"],
        weights[$"{layer}.running_var"],
        groups,
        training);

    /// <summary>
    /// Returns x [B,C,H,W], or sample-major rows [R,C], normalised, in the same layout. In training, the two running statistics are updated
    /// in place.
    /// </summary>
    /// <exception cref="ArgumentException">The batch does not divide into the groups.</exception>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance, int groups, bool training)
    {
        if (!training) return nn.functional.batch_norm(x, runningMean, runningVariance, weight, bias, training: false, 0, Epsilon);
        if (groups == 1) return nn.functional.batch_norm(x, runningMean, runningVariance, weight, bias, training: true, Momentum, Epsilon);

        var batch = x.shape[0];
        if (batch % groups != 0)
            throw new ArgumentException($"A batch of {batch} does not divide into {groups} groups of batch normalisation.");
        using var scope = NewDisposeScope();
        var parts = new Tensor[groups];
        for (var group = 0; group < groups; group++)
        {
            var part = x.narrow(0, group * (batch / groups), batch / groups);
            parts[group] = nn.functional.batch_norm(
                part, runningMean, runningVariance, weight, bias, training: true, MomentumOf(group, groups), Epsilon);
        }

        return cat(parts).MoveToOuterDisposeScope();
    }

    // Updating by these one group after the other equals a single update by Momentum towards the groups' mean: each group ends up with
    // weight Momentum/groups.
    private static double MomentumOf(int group, int groups)
    {
        var share = Momentum / groups;
        return share / (1 - ((groups - 1 - group) * share));
    }
}
