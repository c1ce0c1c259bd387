using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Runtime;

/// <summary>Scripts compute the same at each call, and autograd goes through them.</summary>
public sealed class TorchScriptTests
{
    /// <summary>With libtorch's optimiser on, a function is rewritten for its third call.</summary>
    [Fact]
    public void A_network_computes_the_same_bits_at_its_first_call_as_at_its_fifth()
    {
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(Backbone.ResNet18, [], CPU, trainable: true);
        var x = randn(4, 3, 32, 32);
        var network = new ResNet(weights, groups: 2);
        var calls = Enumerable.Range(0, 5).Select(_ => Call()).ToList();
        Each.Holds(calls, call => Assert.Equal(calls[0], call));

        float[] Call()
        {
            weights.Initialise(1);
            var loss = network.Forward(x, training: true).pow(2).mean();
            var gradients = autograd.grad([loss], [.. weights.ParameterList]);
            return [loss.item<float>(), .. gradients.Select(g => g.sum().item<float>()), weights.Statistics.sum().item<float>()];
        }
    }

    /// <summary>The groups' normalisation written with TorchSharp's own operations.</summary>
    [Fact]
    public void A_script_computes_the_bits_of_the_same_operations_called_one_by_one()
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias) = (randn(6, 5, 4, 4), rand(5), randn(5));
        var (mean, variance, meanToo, varianceToo) = (zeros(5), ones(5), zeros(5), ones(5));
        var all = SplitBatchNorm.Apply(x, weight, bias, mean, variance, groups: 3, training: true);
        var share = 0.1 / 3;
        var parts = Enumerable.Range(0, 3).Select(group => nn.functional.batch_norm(
            x.narrow(0, 2 * group, 2), meanToo, varianceToo, weight, bias, training: true, share / (1 - ((2 - group) * share)), 1e-5));
        Assert.True(all.equal(cat([.. parts])).all().item<bool>());
        Assert.True(mean.equal(meanToo).all().item<bool>() && variance.equal(varianceToo).all().item<bool>());
    }

    [Fact]
    public void A_script_that_is_not_there_is_named() =>
        Assert.Contains("Losses/none", Assert.Throws<InvalidOperationException>(() => TorchScript.Load("Losses/none")).Message,
            StringComparison.Ordinal);
}
