using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Optimisation;

public sealed class LarsTests
{
    [Theory]
    [InlineData(1e-6, false)]
    [InlineData(0.1, false)]
    [InlineData(0.1, true)]
    public void Three_steps_are_those_of_the_rule_written_for_single_numbers(double decay, bool adaptVectors)
    {
        var options = new LarsOptions { WeightDecay = decay, AdaptVectors = adaptVectors };
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(Backbone.ResNet18, CaclHeads.Specs(Heads.Global, Backbone.ResNet18), CPU);
        weights.Initialise(1);
        // The ratio of a weight of zeros is 1.
        weights["head_global.2.weight"].zero_();
        using var lars = new Lars(weights, options);
        string[] followed = ["conv1.weight", "bn1.bias", "head_global.0.bias", "head_global.2.weight"];
        var model = followed.ToDictionary(name => name, name => (W: Values(weights[name]), Buffer: new double[weights[name].numel()]));

        for (var step = 0; step < 3; step++)
        {
            manual_seed(step);
            var gradients = weights.ParameterNames.Select(name => randn(weights[name].shape)).ToList();
            foreach (var name in followed)
            {
                var at = weights.ParameterNames.ToList().IndexOf(name);
                Step(model[name].W, Values(gradients[at]), model[name].Buffer, weights[name].Dimensions > 1 || adaptVectors, options, 0.3);
            }

            lars.Step(gradients, tensor(0.3, float64), tensor(true));
        }

        foreach (var name in followed)
        {
            var largest = model[name].W.Max(Math.Abs);
            Each.Holds(model[name].W.Zip(Values(weights[name])), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * largest));
        }
    }

    [Fact]
    public void A_step_whose_losses_are_not_finite_changes_nothing_whatever_its_gradients_hold()
    {
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(Backbone.ResNet18, [], CPU);
        weights.Initialise(1);
        using var lars = new Lars(weights, new LarsOptions());
        List<Tensor> Gradients(double factor) =>
            [.. weights.ParameterNames.Select((name, i) => randn(weights[name].shape, generator: new Generator((ulong)i)).mul_(factor))];
        lars.Step(Gradients(1), tensor(0.3, float64), tensor(true));
        var (before, buffers) = (weights.Parameters.clone(), lars.Momentum.Select(buffer => buffer.clone()).ToList());
        Each.Holds([double.NaN, double.PositiveInfinity, 1], factor =>
        {
            lars.Step(Gradients(factor), tensor(0.3, float64), tensor(false));
            Assert.True(before.equal(weights.Parameters).all().item<bool>());
            Each.Holds(buffers.Zip(lars.Momentum), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        });
    }

    private static double[] Values(Tensor x) => [.. x.contiguous().data<float>().ToArray().Select(value => (double)value)];

    private static void Step(double[] w, double[] g, double[] buffer, bool adapted, LarsOptions options, double rate)
    {
        double Norm(double[] x) => Math.Sqrt(x.Sum(value => value * value));
        var (weight, gradient) = (Norm(w), Norm(g));
        var ratio = weight > 0 && gradient > 0
            ? options.Trust * weight / (gradient + (options.WeightDecay * weight) + options.Epsilon)
            : 1;
        for (var i = 0; i < w.Length; i++)
        {
            var update = adapted ? (g[i] + (options.WeightDecay * w[i])) * ratio : g[i];
            buffer[i] = (options.Momentum * buffer[i]) + update;
            w[i] -= rate * buffer[i];
        }
    }
}
