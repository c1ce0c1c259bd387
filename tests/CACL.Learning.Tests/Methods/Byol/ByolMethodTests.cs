using CACL.Learning.Methods;
using CACL.Learning.Methods.Byol;
using CACL.Learning.Networks;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods.Byol;

public sealed class ByolMethodTests : MethodContract
{
    private static readonly ByolOptions Small = new() { Seed = 3, ProjectorHidden = 32 };

    protected override MethodOptions Options => Small;

    [Fact]
    public void It_learns_what_a_few_pairs_have_in_common()
    {
        LongTests.Only("Twelve steps; SimCLR learns in every test run");
        using var views = SomeViews(1);
        using var method = new ByolMethod(Small, CPU);
        var losses = Enumerable.Range(0, 12).Select(step => method.Step(views, new(0.05) { Progress = step / 12.0 }).Loss).ToList();
        Assert.True(losses[^1] < 0.9 * losses[0], string.Join(' ', losses));
    }

    [Fact]
    public void A_batch_with_one_pair_in_a_group_is_refused()
    {
        var options = Small with { BatchNormSplits = 2 };
        Assert.Equal(["A batch of 2 is too small: take 4 pairs or more."], options.Problems(2, Side, enqueuePixels: 0));
        Assert.Empty(options.Problems(4, Side, enqueuePixels: 0));
    }

    [Fact]
    public void The_target_gets_no_gradient_and_the_online_network_that_of_its_predictions_alone()
    {
        using var scope = NewDisposeScope();
        using var views = SomeViews(1);
        using var method = new ByolMethod(Small, CPU);
        var found = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var loss = method.Step(views, new(0.1) { InspectGradient = (name, g) => found[name] = g.clone().DetachFromDisposeScope() }).Loss;

        // Both views by themselves, the target a constant.
        using var online = new NetworkWeights(Small.Backbone, Small.HeadSpecs, CPU, trainable: true);
        online.Initialise(Small.Seed);
        using var target = new NetworkWeights(Small.Backbone, Small.HeadSpecs, CPU);
        target.CopyFrom(online);
        Tensor Projected(NetworkWeights network, Tensor view) =>
            Head.Forward(new ResNet(network).Forward(view, training: true).mean([2, 3]), network, Small.HeadSpecs[0], training: true);
        Tensor Predicted(Tensor view) => Head.Forward(Projected(online, view), online, Small.HeadSpecs[1], training: true);
        Tensor Distance(Tensor view, Tensor other) =>
            nn.functional.cosine_similarity(Predicted(view), Projected(target, other).detach(), 1, 1e-12).mul(-2).add(2).mean();
        var expected = Distance(views.View, views.ViewPlus) + Distance(views.ViewPlus, views.View);

        Assert.Equal(expected.item<float>(), loss, 1e-4);
        string[] names = ["conv1.weight", "layer4.1.conv2.weight", "head_global.0.weight", "head_predictor.3.weight"];
        foreach (var (name, gradient) in names.Zip(autograd.grad([expected], [.. names.Select(name => online[name])])))
        {
            var error = (gradient - found[name]).norm() / gradient.norm();
            Assert.True(error.item<float>() < 1e-2, $"{name}: {error.item<float>()}");
        }

        foreach (var gradient in found.Values) gradient.Dispose();
    }

    [Fact]
    public void The_target_follows_at_the_start_of_a_step_with_a_momentum_that_grows()
    {
        using var views = SomeViews(1);
        using var method = new ByolMethod(Small with { EmaWeight = 0.6 }, CPU);
        var before = method.Snapshot();
        method.Step(views, new(1));
        var between = method.Snapshot();
        method.Step(views, new(1) { Progress = 0.5 });
        var after = method.Snapshot();
        foreach (var name in new[] { "conv1.weight", "head_global.0.weight", "head_global.1.bias", "head_global.3.weight" })
        {
            // Both networks begin alike.
            Assert.Equal(before.Find($"key.{name}")!.Values, between.Find($"key.{name}")!.Values, (a, b) => Math.Abs(a - b) < 1e-6);
            // 0.6 grows to 1 along half a cosine: halfway it is 0.8.
            var expected = between.Find($"key.{name}")!.Values.Zip(
                between.Find($"query.{name}")!.Values, (key, query) => (0.8f * key) + (0.2f * query));
            Assert.Equal(expected, after.Find($"key.{name}")!.Values, (a, b) => Math.Abs(a - b) < 1e-6);
            Assert.NotEqual(before.Find($"query.{name}")!.Values, between.Find($"query.{name}")!.Values);
        }

        Assert.DoesNotContain(after.Tensors, tensor => tensor.Name.StartsWith("key.head_predictor", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Each_view_has_batch_statistics_of_its_own(int splits)
    {
        using var views = SomeViews(1);
        using (no_grad()) views.ViewPlus.mul_(3);
        using var method = new ByolMethod(Small with { BatchNormSplits = splits }, CPU);
        var expected = StatisticsOf.FirstLayer(
            method.Online["conv1.weight"], [.. views.View.chunk(splits), .. views.ViewPlus.chunk(splits)]);
        method.Step(views, new(0.1));
        StatisticsOf.AssertEqual(expected, method.Snapshot(), "query.bn1");
        StatisticsOf.AssertEqual(expected, method.Snapshot(), "key.bn1");
    }
}
