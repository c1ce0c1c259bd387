using CACL.Learning.Losses;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Losses;

public sealed class PredictionLossTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(5, 32)]
    public void It_is_two_minus_twice_the_cosine_to_the_other_views_target_both_ways_summed(int pairs, int width)
    {
        using var scope = NewDisposeScope();
        var prediction = Unit(1, 2 * pairs, width).requires_grad_();
        var target = Unit(2, 2 * pairs, width);

        var loss = PredictionLoss.Compute(prediction, target);
        var gradient = autograd.grad([loss], [prediction])[0];

        var exact = prediction.detach().to(float64).requires_grad_();
        var sum = zeros([], float64);
        for (var i = 0; i < pairs; i++)
        {
            sum += 2 - (2 * exact[i].dot(target[i + pairs].to(float64)));
            sum += 2 - (2 * exact[i + pairs].dot(target[i].to(float64)));
        }

        Assert.Equal((sum / pairs).item<double>(), loss.item<float>(), 1e-5);
        // The two differ by what is along the vector itself, which a vector of length 1 cannot follow.
        Tensor Across(Tensor g) => g - (exact.detach() * (g * exact.detach()).sum(1, keepdim: true));
        Assert.InRange((Across(autograd.grad([sum / pairs], [exact])[0]) - Across(gradient)).abs().max().item<double>(), 0, 1e-5);
    }

    [Fact]
    public void It_is_0_at_the_target_8_opposite_to_it_and_keeps_its_digits_close_to_it()
    {
        using var scope = NewDisposeScope();
        var target = Unit(1, 6, 16);
        var other = cat([target.narrow(0, 3, 3), target.narrow(0, 0, 3)]);
        Assert.Equal(0f, PredictionLoss.Compute(other, target).item<float>());
        Assert.Equal(8, PredictionLoss.Compute(-other, target).item<float>(), 1e-5);

        // An angle of 10⁻³ between two vectors: 2·(2 − 2·cos) = 2·10⁻⁶, of which 1 − cos in float32 keeps one digit.
        var (x, y) = (zeros(2, 4), zeros(2, 4));
        x[TensorIndex.Colon, 0] = 1;
        (y[TensorIndex.Colon, 0], y[TensorIndex.Colon, 1]) = (Math.Cos(1e-3), Math.Sin(1e-3));
        Assert.Equal(1, PredictionLoss.Compute(x, y).item<float>() / 2e-6, 1e-3);
    }

    private static Tensor Unit(ulong seed, params long[] shape) =>
        nn.functional.normalize(randn(shape, generator: new Generator(seed)), dim: -1);
}
