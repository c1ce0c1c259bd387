using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Networks;

public sealed class ResNetTests
{
    [Theory]
    [InlineData(Backbone.ResNet18, "1 1 1 1 1 2 2 4")]
    [InlineData(Backbone.ResNet50, "1 1 1 1 1 1 1 1 2 2 2 2 2 2 4 4")]
    public void A_stage_begins_with_the_dilation_of_the_stage_before(Backbone backbone, string dilations)
    {
        var blocks = ResNetPlan.Blocks(backbone).ToList();
        Assert.Equal(dilations, string.Join(' ', blocks.Select(block => block.Dilation)));
        Assert.Equal(["layer2.0"], blocks.Where(block => block.Stride == 2).Select(block => block.Name));
    }

    [Theory]
    [InlineData(Backbone.ResNet18, 11_176_512)] // torchvision's resnet18 without fc: 11,689,512 − 513,000
    [InlineData(Backbone.ResNet50, 23_508_032)] // torchvision's resnet50 without fc: 25,557,032 − 2,049,000
    public void It_has_as_many_parameters_as_torchvisions_without_the_classifier(Backbone backbone, long count) =>
        Assert.Equal(count, NetworkShapes.Of(backbone).Where(tensor => !tensor.IsStatistic).Sum(tensor => tensor.Count));

    [Fact]
    public void Heads_add_their_own_tensors_and_no_others()
    {
        var names = NetworkShapes.Of(Backbone.ResNet18, CaclHeads.Spec(Heads.Cycle, Backbone.ResNet18)).Select(tensor => tensor.Name)
            .Except(NetworkShapes.Of(Backbone.ResNet18).Select(tensor => tensor.Name));
        Assert.Equal(["head_cycle.0.weight", "head_cycle.0.bias", "head_cycle.2.weight", "head_cycle.2.bias"], names);
    }

    [Theory]
    [InlineData(Backbone.ResNet18, Padding.Zeros)]
    [InlineData(Backbone.ResNet18, Padding.Reflect)]
    [InlineData(Backbone.ResNet50, Padding.Zeros)]
    public void Its_output_is_an_eighth_of_the_input_and_finite(Backbone backbone, Padding padding)
    {
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(backbone, [], CPU);
        weights.Initialise(3);
        var map = new ResNet(weights, padding).Forward(randn(2, 3, 40, 48), training: false);
        Assert.Equal([2, NetworkShapes.Channels(backbone), 5, 6], map.shape);
        Assert.True(map.isfinite().all().item<bool>());
        Assert.Equal(1, map.stride(1)); // channels-last
    }

    [Fact]
    public void The_same_seed_starts_the_same_and_another_seed_another_network()
    {
        using var first = Started(1);
        using var again = Started(1);
        using var other = Started(2);
        using var scope = NewDisposeScope();
        Assert.True(first.Parameters.equal(again.Parameters).all().item<bool>());
        Assert.False(first["conv1.weight"].equal(other["conv1.weight"]).any().item<bool>());
    }

    [Fact]
    public void Weights_start_with_the_deviation_that_their_fan_out_asks_for()
    {
        using var weights = Started(1);
        using var scope = NewDisposeScope();
        Assert.Equal(Math.Sqrt(2.0 / (256 * 9)), weights["layer3.0.conv2.weight"].std().item<float>(), 2e-4);
        Assert.Equal(1 / Math.Sqrt(512), weights["head_pixel.0.weight"].abs().max().item<float>(), 1e-5);
        Assert.Equal(1f, weights["layer1.0.bn1.running_var"].min().item<float>());
    }

    [Fact]
    public void What_is_written_by_name_is_read_back_row_major()
    {
        using var weights = new NetworkWeights(Backbone.ResNet18, [], CPU);
        var values = Enumerable.Range(0, 64 * 3 * 49).Select(i => (float)i).ToArray();
        weights.Write("conv1.weight", values);
        var read = new float[values.Length];
        weights.Read("conv1.weight", read);
        Assert.Equal(values, read);
        using var element = weights["conv1.weight"][1, 2, 3, 4];
        Assert.Equal((1 * 147) + (2 * 49) + (3 * 7) + 4f, element.item<float>());
        Assert.Contains(
            "conv1.weight", Assert.Throws<ArgumentException>(() => weights.Write("conv1.weight", [1])).Message, StringComparison.Ordinal);
    }

    private static NetworkWeights Started(ulong seed)
    {
        var weights = new NetworkWeights(Backbone.ResNet18, CaclHeads.Specs(Heads.All, Backbone.ResNet18), CPU);
        weights.Initialise(seed);
        return weights;
    }
}
