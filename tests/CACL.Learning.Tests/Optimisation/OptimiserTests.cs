using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Optimisation;

public sealed class OptimiserTests
{
    public static TheoryData<OptimiserOptions> Rules { get; } =
    [
        new OptimiserOptions(),
        new OptimiserOptions { WeightDecay = 0.1 },
        new OptimiserOptions { WeightDecay = 0.1, AdaptVectors = true },
        new OptimiserOptions { WeightDecay = 0.1, Denominator = TrustDenominator.NormOfSum, Epsilon = 0 },
        new OptimiserOptions { WeightDecay = 0.1, Denominator = TrustDenominator.NormOfSum, RateInMomentum = true },
        new OptimiserOptions { Kind = OptimiserKind.Sgd, WeightDecay = 0.1, AdaptVectors = true },
        new OptimiserOptions { Kind = OptimiserKind.Sgd, WeightDecay = 0.1, Momentum = 0.5 },
    ];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Three_steps_are_those_of_the_rule_written_for_single_numbers(OptimiserOptions options)
    {
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(Backbone.ResNet18, CaclHeads.Specs(Heads.Global, Backbone.ResNet18), CPU);
        weights.Initialise(1);
        // The ratio of a weight of zeros is 1.
        weights["head_global.2.weight"].zero_();
        using var optimiser = new Optimiser(weights, options);
        string[] followed = ["conv1.weight", "bn1.bias", "head_global.0.bias", "head_global.2.weight"];
        var model = followed.ToDictionary(name => name, name => (W: Values(weights[name]), Buffer: new double[weights[name].numel()]));

        for (var step = 0; step < 3; step++)
        {
            manual_seed(step);
            var gradients = weights.ParameterNames.Select(name => randn(weights[name].shape)).ToList();
            foreach (var name in followed)
            {
                var at = weights.ParameterNames.ToList().IndexOf(name);
                var adapted = weights[name].Dimensions > 1 || options.AdaptVectors;
                Step(model[name].W, Values(gradients[at]), model[name].Buffer, adapted, options, 0.3 / (step + 1));
            }

            optimiser.Step(gradients, tensor(0.3 / (step + 1), float64), tensor(true));
        }

        foreach (var name in followed)
        {
            var largest = model[name].W.Max(Math.Abs);
            Each.Holds(model[name].W.Zip(Values(weights[name])), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * largest));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_whose_losses_are_not_finite_changes_nothing_whatever_its_gradients_hold(bool rateInMomentum)
    {
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(Backbone.ResNet18, [], CPU);
        weights.Initialise(1);
        using var optimiser = new Optimiser(weights, new OptimiserOptions { RateInMomentum = rateInMomentum });
        List<Tensor> Gradients(double factor) =>
            [.. weights.ParameterNames.Select((name, i) => randn(weights[name].shape, generator: new Generator((ulong)i)).mul_(factor))];
        optimiser.Step(Gradients(1), tensor(0.3, float64), tensor(true));
        var (before, buffers) = (weights.Parameters.clone(), optimiser.Momentum.Select(buffer => buffer.clone()).ToList());
        Each.Holds([double.NaN, double.PositiveInfinity, 1], factor =>
        {
            optimiser.Step(Gradients(factor), tensor(0.3, float64), tensor(false));
            Assert.True(before.equal(weights.Parameters).all().item<bool>());
            Each.Holds(buffers.Zip(optimiser.Momentum), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        });
    }

    private static double[] Values(Tensor x) => [.. x.contiguous().data<float>().ToArray().Select(value => (double)value)];

    private static void Step(double[] w, double[] g, double[] buffer, bool adapted, OptimiserOptions options, double rate)
    {
        double Norm(IEnumerable<double> x) => Math.Sqrt(x.Sum(value => value * value));
        var decayed = adapted ? g.Zip(w, (gradient, weight) => gradient + (options.WeightDecay * weight)).ToArray() : g;
        var below = options.Denominator == TrustDenominator.NormOfSum ? Norm(decayed) : Norm(g) + (options.WeightDecay * Norm(w));
        var ratio = adapted && options.Kind == OptimiserKind.Lars && Norm(w) > 0 && below > 0
            ? options.Trust * Norm(w) / (below + options.Epsilon)
            : 1;
        for (var i = 0; i < w.Length; i++)
        {
            var update = decayed[i] * ratio;
            buffer[i] = (options.Momentum * buffer[i]) + (options.RateInMomentum ? rate * update : update);
            w[i] -= options.RateInMomentum ? buffer[i] : rate * buffer[i];
        }
    }
}
