using CACL.Learning.Methods;
using CACL.Learning.Methods.PixPro;
using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods.PixPro;

public sealed class PixProMethodTests : MethodContract
{
    private static readonly PixProOptions Small = new() { Seed = 3, ProjectorHidden = 32, BatchNormSplits = 2 };

    protected override MethodOptions Options => Small;

    [Fact]
    public void The_propagation_belongs_to_the_online_side_alone()
    {
        using var method = Small.Create(CPU);
        var names = method.Snapshot().Tensors.Select(tensor => tensor.Name).ToList();
        Assert.Contains("query.head_propagation.0.weight", names);
        Assert.Contains("key.head_pixel.3.weight", names);
        Assert.DoesNotContain(names, name => name.StartsWith("key.head_propagation", StringComparison.Ordinal));
        Assert.Equal(NetworkShapes.Channels(Backbone.ResNet18), (Small with { ProjectorHidden = 0 }).Projector.Hidden);
    }

    [Fact]
    public void Pairs_whose_views_share_no_position_contribute_nothing()
    {
        using var method = Small.Create(CPU);
        using var views = SomeViews(1);
        // One of the four pairs has views that do not meet.
        Assert.Equal(0.75, method.Step(views, new(0.1))["matched_pixel"]);

        using (no_grad()) views.UploadedBoxes!.narrow(0, 0, Batch).select(1, 0).fill_(1000);
        var norms = new List<double>();
        var apart = method.Step(views, new(0.1) { InspectGradient = (_, gradient) => norms.Add(gradient.norm().item<float>()) });
        Assert.Equal(0, apart["matched_pixel"]);
        Assert.Equal(0, apart.Loss);
        Assert.Equal(0, norms.Max());
    }

    [Fact]
    public void Which_view_comes_first_does_not_matter_to_the_loss()
    {
        using var views = SomeViews(1);
        using var swapped = views with
        {
            View = views.ViewPlus.clone(),
            ViewPlus = views.View.clone(),
            UploadedBoxes = cat([views.UploadedBoxes!.narrow(0, Batch, Batch), views.UploadedBoxes!.narrow(0, 0, Batch)]),
        };
        using var method = Small.Create(CPU);
        using var other = Small.Create(CPU);
        Assert.Equal(method.Step(views, new(0.1)).Loss, other.Step(swapped, new(0.1)).Loss, 1e-5);
    }

    [Fact]
    public void Views_of_which_nobody_says_where_they_lie_are_refused_and_change_nothing()
    {
        using var good = SomeViews(1);
        using var lost = good with { View = good.View.clone(), ViewPlus = good.ViewPlus.clone(), UploadedBoxes = null };
        using var few = lost with { View = good.View.clone(), ViewPlus = good.ViewPlus.clone(), UploadedBoxes = zeros(3, 5) };
        using var method = Small.Create(CPU);
        using var untouched = Small.Create(CPU);
        Assert.Contains("where in their frames", Assert.Throws<ArgumentException>(() => method.Step(lost, new(0.1))).Message);
        Assert.Contains("[8,5]", Assert.Throws<ArgumentException>(() => method.Step(few, new(0.1))).Message);
        Assert.Equal(untouched.Step(good, new(0.1)), method.Step(good, new(0.1)));
        AssertSame(untouched.Snapshot(), method.Snapshot());
    }

    [Fact]
    public void Settings_that_cannot_be_are_refused()
    {
        Assert.Contains("distance", Assert.Throws<ArgumentException>(() => (Small with { Distance = 0 }).Create(CPU)).Message);
        Assert.Contains("sharpness", Assert.Throws<ArgumentException>(() => (Small with { Sharpness = 0.5 }).Create(CPU)).Message);
        Assert.Contains("hidden", Assert.Throws<ArgumentException>(() => (Small with { ProjectorHidden = -1 }).Create(CPU)).Message);
    }
}
