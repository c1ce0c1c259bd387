using CACL.Learning.Augmentation;
using CACL.Learning.Methods.SimClr;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods.SimClr;

public sealed class SimClrMethodTests
{
    [Fact]
    public void Its_two_views_are_equals()
    {
        using var views = QueuelessMethodTests.SomeViews(1);
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
        using var views = QueuelessMethodTests.SomeViews(1);
        using (no_grad()) views.ViewPlus.mul_(3);
        using var method = new SimClrMethod(new SimClrOptions { Seed = 3 }, CPU);
        var expected = StatisticsOf.FirstLayer(method.Online["conv1.weight"], [cat([views.View, views.ViewPlus])]);
        method.Step(views, new(0.1));
        StatisticsOf.AssertEqual(expected, method.Snapshot(), "query.bn1");
    }
}
