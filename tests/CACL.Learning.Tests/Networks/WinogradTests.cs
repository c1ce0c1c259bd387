using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Networks;

public sealed class WinogradTests
{
    private static readonly TorchScript Script = TorchScript.Load("Networks/winograd");

    [Fact]
    public void A_convolution_and_its_gradients_are_those_of_the_direct_one_whatever_the_size_and_the_dilation() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 17], Gen.Int[1, 17], Gen.Int[0, 2].Select(power => 1 << power)).Sample(
            (samples, height, width, dilation) =>
            {
                using var scope = NewDisposeScope();
                var x = Numbers(1, samples, height, width, 5).permute(0, 3, 1, 2).requires_grad_();
                var weight = Numbers(2, 7, 3, 3, 5).permute(0, 3, 1, 2).requires_grad_();
                var direct = nn.functional.conv2d(x, weight, null, [1, 1], [dilation, dilation], [dilation, dilation]);
                var minimal = Script.Call("winograd", x, weight, dilation, Winograd.Transforms(CPU, float64));
                Close(direct, minimal);
                var by = Numbers(3, direct.shape);
                foreach (var (expected, actual) in autograd.grad([direct], [x, weight], [by])
                    .Zip(autograd.grad([minimal], [x, weight], [by])))
                {
                    Close(expected, actual);
                }
            },
            iter: 40);

    [Fact]
    public void In_float32_it_rounds_by_a_few_digits_of_the_last_place_more()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (Numbers(1, 2, 256, 28, 28).relu(), Numbers(2, 256, 256, 3, 3));
        var exact = nn.functional.conv2d(x, weight, null, [1, 1], [2, 2], [2, 2]);
        var rounded = Script.Call("winograd", x.to(float32), weight.to(float32), 2, Winograd.Transforms(CPU, float32));
        Assert.InRange(((rounded.to(float64) - exact).norm() / exact.norm()).item<double>(), 1e-8, 4e-6);
    }

    [Fact]
    public void A_network_computed_with_it_is_the_same_network()
    {
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(Backbone.ResNet18, [], CPU, precision: Precision.Fp64);
        weights.Initialise(3);
        var x = Numbers(1, 2, 3, 40, 48);
        var direct = new ResNet(weights, minimal: []).Forward(x, training: false);
        var minimal = new ResNet(weights, minimal: Winograd.Transforms(CPU, float64)).Forward(x, training: false);
        Close(direct, minimal);
        Assert.False(direct.equal(minimal).all().item<bool>()); // it was computed in another way
        Assert.Equal(1, minimal.stride(1)); // channels-last
    }

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Fp64)]
    [InlineData(Precision.Bf16)]
    public void A_processor_computes_directly(Precision precision) => Assert.Empty(Winograd.For(CPU, precision));

    private static Tensor Numbers(int seed, params long[] shape) => randn(shape, dtype: float64, generator: new Generator((ulong)seed));

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<double>(), 0, 1e-11 * (1 + expected.abs().max().item<double>()));
    }
}
