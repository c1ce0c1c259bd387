using CACL.Learning.Augmentation;
using CACL.Learning.Methods.MocoV2;
using CACL.Learning.Weights;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods.MocoV2;

public sealed class MocoMethodTests
{
    private const int Batch = 4;
    private const int Side = 16;

    private static readonly MocoOptions Options = new() { Seed = 3, QueueSize = 10, BatchNormSplits = 2 };

    [Fact]
    public void A_step_reports_its_loss_and_enqueues_the_keys_behind_each_other()
    {
        using var method = new MocoMethod(Options, CPU);
        using var views = SomeViews(1);
        var before = method.Snapshot();
        var result = method.Step(views, new(0.1));
        Assert.Equal(
            ["loss_global", "top1_global", "frame_spread_global"], result.Metrics.Select(metric => metric.Spec.Name));
        Assert.InRange(result["frame_spread_global"]!.Value, 1e-6, 2);
        Assert.Equal(result["loss_global"], result.Loss);
        var after = method.Snapshot();
        Assert.Equal(Batch, after.Counters["queue.global.pointer"]);
        var (old, rows) = (before.Find("queue.global")!.Values, after.Find("queue.global")!.Values);
        Assert.Equal(old[(Batch * 128)..], rows[(Batch * 128)..]);
        Each.Holds(
            rows[..(Batch * 128)].Chunk(128), row => Assert.Equal(1, Math.Sqrt(row.Sum(value => (double)value * value)), 1e-5));
        Assert.NotEqual(old[..128], rows[..128]);
    }

    [Fact]
    public void The_order_in_which_the_key_network_sees_the_batch_decides_statistics_and_not_which_key_belongs_to_whom()
    {
        // With one group of batch statistics the order has no effect.
        using var whole = new MocoMethod(Options with { BatchNormSplits = 1 }, CPU);
        using var split = new MocoMethod(Options, CPU);
        using var inOrder = SomeViews(1);
        using var permuted = SomeViews(1, [2, 0, 3, 1]);
        var start = (whole.Snapshot(), split.Snapshot());
        double Loss(MocoMethod method, TrainingSnapshot from, Views views)
        {
            method.Restore(from);
            return method.Step(views, new(0.1)).Loss;
        }

        Assert.Equal(Loss(whole, start.Item1, inOrder), Loss(whole, start.Item1, permuted), 1e-4);
        Assert.NotEqual(Loss(split, start.Item2, inOrder), Loss(split, start.Item2, permuted), 1e-4);
    }

    [Fact]
    public void It_goes_on_from_a_snapshot_bit_for_bit_and_forgets_a_step_that_is_not_finite()
    {
        using var bad = SomeViews(2);
        using (no_grad()) bad.View.fill_(double.NaN);
        using var good = SomeViews(1);
        using var method = new MocoMethod(Options, CPU);
        using var other = new MocoMethod(Options with { Seed = 9 }, CPU);
        method.Step(good, new(0.1));
        other.Restore(method.Snapshot());
        Assert.False(other.Step(bad, new(0.1)).IsFinite);
        Assert.Equal(method.Step(good, new(0.2)), other.Step(good, new(0.2)));
        var after = other.Snapshot();
        Each.Holds(
            method.Snapshot().Tensors,
            tensor => Assert.True(tensor.Values.AsSpan().SequenceEqual(after.Find(tensor.Name)!.Values), tensor.Name));
    }

    [Fact]
    public void Settings_that_cannot_be_are_refused_in_words()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new MocoMethod(Options with { QueueSize = 0, Temperature = 0, EmaWeight = 2, BatchNormSplits = 0 }, CPU).Dispose());
        Each.Holds(
            ["queue of 0 rows", "temperature is 0", "momentum is 2", "0 groups"],
            word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        using var method = new MocoMethod(Options with { QueueSize = 3 }, CPU);
        using var views = SomeViews(1);
        var tooMany = Assert.Throws<ArgumentException>(() => method.Step(views, new(0.1)));
        Assert.Contains("puts 4 rows into the global head's queue of 3", tooMany.Message, StringComparison.Ordinal);
    }

    private static Views SomeViews(int seed, int[]? permutation = null)
    {
        using var generator = new Generator((ulong)seed);
        return new Views(
            randn([Batch, 3, Side, Side], generator: generator), randn([Batch, 3, Side, Side], generator: generator), [], [],
            permutation ?? [0, 1, 2, 3], [[], [], [], []]);
    }
}
