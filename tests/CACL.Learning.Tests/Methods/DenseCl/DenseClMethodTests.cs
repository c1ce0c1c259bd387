using CACL.Learning.Losses;
using CACL.Learning.Methods;
using CACL.Learning.Methods.DenseCl;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods.DenseCl;

public sealed class DenseClMethodTests : MethodContract
{
    private static readonly DenseClOptions Small = new() { Seed = 3, QueueSize = 40, BatchNormSplits = 2 };

    protected override MethodOptions Options => Small;

    [Fact]
    public void A_positive_is_the_position_whose_features_point_most_nearly_the_same_way()
    {
        using var scope = NewDisposeScope();
        var f = randn([2, 9, 16], generator: new Generator(1));
        var plus = randn([2, 7, 16], generator: new Generator(2)) * 5;
        var found = Correspondence.ByFeatures(f.requires_grad_(), plus);

        Assert.False(found.requires_grad);
        var cosines = nn.functional.cosine_similarity(f.unsqueeze(2), plus.unsqueeze(1), dim: 3).detach();
        Assert.Equal(cosines.argmax(2).data<long>().ToArray(), found.data<long>().ToArray());
        // Longer features are not more similar for that.
        Assert.NotEqual(f.matmul(plus.transpose(1, 2)).argmax(2).data<long>().ToArray(), found.data<long>().ToArray());
    }

    [Fact]
    public void Each_pair_enters_both_queues_once_and_the_dense_one_as_a_vector_of_length_1()
    {
        using var method = Small.Create(CPU);
        using var views = SomeViews(1);
        var before = method.Snapshot();
        method.Step(views, new(0.1));
        var after = method.Snapshot();
        foreach (var head in new[] { "global", "dense" })
        {
            Assert.Equal(Batch, after.Counters[$"queue.{head}.pointer"]);
            var (old, now) = (before.Find($"queue.{head}")!, after.Find($"queue.{head}")!);
            var width = (int)now.Shape[1];
            Assert.Equal(old.Values[(Batch * width)..], now.Values[(Batch * width)..]);
            for (var row = 0; row < Batch; row++)
            {
                var values = now.Values[(row * width)..((row + 1) * width)];
                Assert.NotEqual(old.Values[(row * width)..((row + 1) * width)], values);
                Assert.Equal(1, values.Sum(value => value * value), 1e-5f);
            }
        }
    }

    [Fact]
    public void A_head_whose_loss_has_no_weight_learns_nothing()
    {
        using var method = Small.Create(CPU);
        using var views = SomeViews(1);
        var norms = new Dictionary<string, double>(StringComparer.Ordinal);
        method.Step(views, new(0.1)
        {
            Weights = Small.LossWeights.With("global", 0),
            InspectGradient = (name, gradient) => norms[name] = gradient.norm().item<float>(),
        });
        Assert.Equal(0, norms["head_global.0.weight"]);
        Assert.True(norms["head_dense.0.weight"] > 0);
        Assert.True(norms["conv1.weight"] > 0);
    }

    [Fact]
    public void Settings_that_cannot_be_are_refused()
    {
        Assert.Contains("holds no negatives", Assert.Throws<ArgumentException>(() => (Small with { QueueSize = 0 }).Create(CPU)).Message);
        Assert.Contains("temperature", Assert.Throws<ArgumentException>(() => (Small with { Temperature = 0 }).Create(CPU)).Message);
    }
}
