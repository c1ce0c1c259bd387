using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods;

/// <summary>The running statistics that a first step leaves behind its first convolution, by groups of views.</summary>
internal static class StatisticsOf
{
    /// <summary>Returns running mean and variance, which begin at 0 and 1 and take a tenth of the mean over the groups.</summary>
    public static (float[] Mean, float[] Variance) FirstLayer(Tensor weight, IReadOnlyList<Tensor> groups)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor[] maps = [.. groups.Select(views => nn.functional.conv2d(views, weight, strides: [2, 2], padding: [3, 3]))];
        Tensor Over(Func<Tensor, Tensor> of) => stack([.. maps.Select(map => of(map.transpose(0, 1).flatten(1)))]).mean([0]);
        return (
            Over(map => map.mean([1])).mul(0.1).data<float>().ToArray(),
            Over(map => map.var(1, unbiased: true)).mul(0.1).add(0.9).data<float>().ToArray());
    }

    /// <summary>Asserts that a snapshot has these statistics.</summary>
    public static void AssertEqual((float[] Mean, float[] Variance) expected, TrainingSnapshot snapshot, string layer)
    {
        Assert.Equal(expected.Mean, snapshot.Find($"{layer}.running_mean")!.Values, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(expected.Variance, snapshot.Find($"{layer}.running_var")!.Values, (a, b) => Math.Abs(a - b) < 1e-4 * b);
    }
}
