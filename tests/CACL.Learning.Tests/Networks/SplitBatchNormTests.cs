using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Networks;

public sealed class SplitBatchNormTests
{
    [Fact]
    public void Each_group_is_normalised_as_if_it_were_alone()
    {
        using var scope = NewDisposeScope();
        var x = randn(6, 3, 4, 5) * 2 + 1;
        var (weight, bias) = (rand(3) + 0.5, randn(3));
        var all = SplitBatchNorm.Apply(x, weight, bias, zeros(3), ones(3), groups: 3, training: true);
        for (var group = 0; group < 3; group++)
        {
            var alone = SplitBatchNorm.Apply(x.narrow(0, 2 * group, 2), weight, bias, zeros(3), ones(3), groups: 1, training: true);
            Assert.True((alone - all.narrow(0, 2 * group, 2)).abs().max().item<float>() < 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)] // groups of one sample
    public void Running_statistics_move_by_a_tenth_towards_the_mean_over_groups(int groups)
    {
        using var scope = NewDisposeScope();
        var x = randn(8, 3, 4, 5) * 2 + 1;
        var (mean, variance) = (randn(3), rand(3) + 0.5);
        var parts = x.chunk(groups);
        var expectedMean = (0.9 * mean) + (0.1 * stack([.. parts.Select(part => part.mean([0, 2, 3]))]).mean([0]));
        var expectedVariance = (0.9 * variance) + (
            0.1 * stack([.. parts.Select(part => part.transpose(0, 1).flatten(1).var(1))]).mean([0]));

        _ = SplitBatchNorm.Apply(x, ones(3), zeros(3), mean, variance, groups, training: true);

        Assert.True((expectedMean - mean).abs().max().item<float>() < 1e-5);
        Assert.True((expectedVariance - variance).abs().max().item<float>() < 1e-5);
    }

    [Fact]
    public void Evaluation_uses_the_running_statistics_and_leaves_them()
    {
        using var scope = NewDisposeScope();
        var (mean, variance) = (full(3, 2f), full(3, 4f));
        var y = SplitBatchNorm.Apply(full([2, 3, 2, 2], 6f), ones(3), zeros(3), mean, variance, groups: 2, training: false);
        Assert.True((y - 2).abs().max().item<float>() < 1e-5);
        Assert.Equal(2f, mean.mean().item<float>());
        Assert.Equal(4f, variance.mean().item<float>());
    }

    [Fact]
    public void A_batch_that_does_not_divide_is_refused_with_both_numbers()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(
            () => SplitBatchNorm.Apply(ones(6, 3, 2, 2), ones(3), zeros(3), zeros(3), ones(3), groups: 4, training: true));
        Assert.Contains("6", error.Message, StringComparison.Ordinal);
        Assert.Contains("4", error.Message, StringComparison.Ordinal);
    }
}
