using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Networks;

public sealed class HeadTests
{
    private static readonly HeadSpec Plain = new("plain", 512, 128);
    private static readonly HeadSpec Projector = new("projector", 64, 16) { Normalisation = HeadNormalisation.Batch };
    private static readonly HeadSpec Predictor = new("predictor", 24, 16) { Input = 16, Normalisation = HeadNormalisation.Batch };
    private static readonly HeadSpec Single = new("single", 0, 16) { Input = 16 };

    [Fact]
    public void Tensors_are_numbered_as_PyTorchs_Sequential_numbers_them()
    {
        var backbone = NetworkShapes.Of(Backbone.ResNet18).Count;
        var names = NetworkShapes.Of(Backbone.ResNet18, Plain, Projector, Single)
            .Skip(backbone)
            .Select(t => $"{t.Name} {string.Join('x', t.Shape)}");
        Assert.Equal(
            [
                "head_plain.0.weight 512x512x1x1", "head_plain.0.bias 512", "head_plain.2.weight 128x512x1x1", "head_plain.2.bias 128",
                "head_projector.0.weight 64x512x1x1", "head_projector.0.bias 64", "head_projector.1.weight 64", "head_projector.1.bias 64",
                "head_projector.1.running_mean 64", "head_projector.1.running_var 64", "head_projector.3.weight 16x64x1x1",
                "head_projector.3.bias 16",
                "head_single.0.weight 16x16x1x1", "head_single.0.bias 16",
            ],
            names);
    }

    [Fact]
    public void Each_layer_starts_within_one_by_the_root_of_its_own_inputs_and_normalisation_at_one_and_zero()
    {
        using var weights = Started();
        using var scope = NewDisposeScope();
        double Largest(string name) => weights[name].abs().max().item<float>();
        Assert.Equal(1 / Math.Sqrt(512), Largest("head_projector.0.weight"), 1e-4);
        Assert.Equal(1 / Math.Sqrt(64), Largest("head_projector.3.weight"), 1e-3);
        Assert.InRange(Largest("head_projector.3.bias"), 1e-3, 1 / Math.Sqrt(64));
        Assert.Equal(1 / Math.Sqrt(16), Largest("head_predictor.0.weight"), 1e-2);
        Assert.Equal(
            (1.0, 0.0, 1.0),
            (Largest("head_projector.1.weight"), Largest("head_projector.1.bias"), Largest("head_projector.1.running_var")));
    }

    [Fact]
    public void Heads_on_one_another_are_what_torchs_own_layers_compute_in_training_and_in_evaluation()
    {
        using var weights = Started();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var x = randn(12, 512);
        using var sequence = nn.Sequential(
            nn.Linear(512, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 16),
            nn.Linear(16, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 16),
            nn.Linear(16, 16));
        string[] layers = [
            "head_projector.0", "head_projector.1", "", "head_projector.3", "head_predictor.0", "head_predictor.1", "", "head_predictor.3",
            "head_single.0"];
        foreach (var (name, parameter) in sequence.named_parameters())
        {
            var (layer, part) = (int.Parse(name.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture), name.Split('.')[1]);
            parameter.copy_(weights[$"{layers[layer]}.{part}"].view(parameter.shape));
        }

        foreach (var training in new[] { true, false })
        {
            sequence.train(training);
            var expected = sequence.forward(x);
            var projected = Head.Forward(x, weights, Projector, training);
            var predicted = Head.Forward(Head.Forward(projected, weights, Predictor, training), weights, Single, training);
            Assert.True(allclose(expected, predicted, 1e-4, 1e-5));
        }
    }

    [Fact]
    public void Groups_of_samples_have_statistics_of_their_own()
    {
        using var weights = Started();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // The batch has four samples of three positions each, in two groups.
        var rows = randn(12, 512);
        var together = Head.Forward(rows, weights, Projector, training: true, groups: 2);
        var apart = cat([
            Head.Forward(rows.narrow(0, 0, 6), weights, Projector, training: true),
            Head.Forward(rows.narrow(0, 6, 6), weights, Projector, training: true)]);
        Assert.True(allclose(apart, together, 1e-4, 1e-5));
        Assert.False(allclose(Head.Forward(rows, weights, Projector, training: true), together, 1e-4, 1e-5));
    }

    [Fact]
    public void A_single_layer_with_normalisation_is_refused() => Assert.Contains(
        "The head odd is a single layer",
        Assert.Throws<ArgumentException>(
            () => NetworkShapes.Of(Backbone.ResNet18, new HeadSpec("odd", 0, 8) { Normalisation = HeadNormalisation.Batch })).Message,
        StringComparison.Ordinal);

    private static NetworkWeights Started()
    {
        var weights = new NetworkWeights(Backbone.ResNet18, [Projector, Predictor, Single], CPU);
        weights.Initialise(5);
        return weights;
    }
}
