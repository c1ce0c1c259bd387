using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Networks;

public sealed class NetworkPrecisionTests
{
    [Fact]
    public void In_bf16_products_take_each_matrix_rounded_and_each_vector_as_it_is()
    {
        using var scope = NewDisposeScope();
        using var weights = Weights(Precision.Bf16);
        Each.Holds(weights.ParameterNames.Zip(weights.Factors), pair =>
        {
            var (master, factor) = (weights[pair.First], pair.Second);
            Assert.Equal(master.shape, factor.shape);
            Assert.Equal(master.Dimensions > 1 ? ScalarType.BFloat16 : ScalarType.Float32, factor.dtype);
            Assert.True(factor.equal(master.to(factor.dtype)).all().item<bool>(), pair.First);
        });
    }

    [Fact]
    public void In_bf16_a_network_computes_nearly_what_it_computes_in_fp32_and_so_do_its_gradients()
    {
        using var scope = NewDisposeScope();
        var x = randn([4, 3, 32, 32], generator: new Generator(1));
        var (exact, exactGradients, exactStatistics) = Computed(Precision.Fp32, x);
        var (rounded, gradients, statistics) = Computed(Precision.Bf16, x);
        Assert.Equal(ScalarType.BFloat16, rounded.dtype);
        // 20 layers, each rounded to 8 bits.
        Assert.InRange(Distance(exact, rounded.to(float32)), 1e-5, 0.05);
        Assert.InRange(Distance(exactStatistics, statistics), 0, 0.05);
        // Where a ReLU's input is near 0, its gradient is there or not.
        Assert.InRange(Distance(exactGradients, gradients), 1e-5, 0.6);
    }

    private static NetworkWeights Weights(Precision precision)
    {
        var weights = new NetworkWeights(
            Backbone.ResNet18, CaclHeads.Specs(Heads.All, Backbone.ResNet18), CPU, trainable: true, precision);
        using var _ = no_grad();
        weights.Initialise(3);
        weights.Round();
        return weights;
    }

    private static (Tensor Output, Tensor Gradients, Tensor Statistics) Computed(Precision precision, Tensor x)
    {
        using var weights = Weights(precision);
        var output = new ResNet(weights, groups: 2).Forward(x, training: true);
        var names = weights.ParameterNames.Select((name, i) => (name, i)).Where(p => !p.name.StartsWith("head_", StringComparison.Ordinal));
        var gradients = autograd.grad([output.to(float32).square().mean()], [.. names.Select(p => weights.Factors[p.i])]);
        return (output.detach(), cat([.. gradients.Select(g => g.to(float32).flatten())]), weights.Statistics.clone());
    }

    // Of the whole, not of the worst number: where a ReLU's input changes its sign, a single number may be any other.
    private static double Distance(Tensor expected, Tensor actual) => ((expected - actual).norm() / expected.norm()).item<float>();
}
