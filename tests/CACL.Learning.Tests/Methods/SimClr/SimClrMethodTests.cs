using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.SimClr;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods.SimClr;

public sealed class SimClrMethodTests : MethodContract
{
    protected override MethodOptions Options => new SimClrOptions
    {
        Seed = 3,
        BatchNormSplits = 2,
        ProjectorHidden = 24,
        ProjectorNormalisation = HeadNormalisation.Batch,
    };

    [Fact]
    public void It_learns_what_a_few_pairs_have_in_common()
    {
        using var views = SomeViews(1);
        using var method = new SimClrMethod(new SimClrOptions { Seed = 3 }, CPU);
        var results = Enumerable.Range(0, 12).Select(_ => method.Step(views, new(0.05))).ToList();
        Assert.True(results[^1].Loss < 0.9 * results[0].Loss, string.Join(' ', results.Select(result => result.Loss)));
        Assert.Equal(1, results[^1]["top1_global"]);
    }

    // No key network rounds the weights for it.
    [Fact]
    public void In_bf16_it_goes_on_from_a_snapshot_bit_for_bit()
    {
        using var views = SomeViews(1);
        using var method = Options.Create(CPU, Precision.Bf16);
        method.Step(views, new(0.1));
        using var other = (Options with { Seed = 9 }).Create(CPU, Precision.Bf16);
        other.Restore(method.Snapshot());
        Assert.Equal(method.Step(views, new(0.2)), other.Step(views, new(0.2)));
        AssertSame(method.Snapshot(), other.Snapshot());
    }

    [Fact]
    public void A_batch_of_one_pair_is_refused()
    {
        Assert.Equal(["A batch of 1 is too small: take 2 pairs or more."], new SimClrOptions().Problems(1, Side, enqueuePixels: 0));
        Assert.Empty(new SimClrOptions().Problems(2, Side, enqueuePixels: 0));
    }

    [Fact]
    public void Its_two_views_are_equals()
    {
        using var views = SomeViews(1);
        using var swapped = new Views(views.ViewPlus.clone(), views.View.clone(), [], [], views.Permutation, views.EnqueuePixels);
        var (there, back) = (Norms(views), Norms(swapped));
        Assert.Equal(there.Loss, back.Loss, 1e-4);
        foreach (var (name, norm) in there.Gradients) Assert.Equal(1, norm / back.Gradients[name], 1e-2);

        static (double Loss, Dictionary<string, double> Gradients) Norms(Views of)
        {
            using var method = new SimClrMethod(new SimClrOptions { Seed = 3 }, CPU);
            var norms = new Dictionary<string, double>(StringComparer.Ordinal);
            var result = method.Step(of, new(0.1) { InspectGradient = (name, g) => norms[name] = g.norm().item<float>() });
            return (result.Loss, norms.Where(g => g.Key is "conv1.weight" or "head_global.2.weight").ToDictionary());
        }
    }

    [Fact]
    public void Batch_statistics_are_over_all_views_together()
    {
        using var views = SomeViews(1);
        using (no_grad()) views.ViewPlus.mul_(3);
        using var method = new SimClrMethod(new SimClrOptions { Seed = 3 }, CPU);
        var expected = StatisticsOf.FirstLayer(method.Online["conv1.weight"], [cat([views.View, views.ViewPlus])]);
        method.Step(views, new(0.1));
        StatisticsOf.AssertEqual(expected, method.Snapshot(), "query.bn1");
    }
}
