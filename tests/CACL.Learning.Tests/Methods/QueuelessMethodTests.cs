using System.Runtime.InteropServices;
using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Byol;
using CACL.Learning.Methods.SimClr;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods;

/// <summary>What holds for methods without a queue.</summary>
public sealed class QueuelessMethodTests
{
    private const int Batch = 4;
    private const int Side = 24;

    private static readonly MethodOptions[] All =
    [
        new SimClrOptions { Seed = 3 },
        new SimClrOptions { Seed = 3, BatchNormSplits = 2, ProjectorHidden = 24, ProjectorNormalisation = HeadNormalisation.Batch },
        new ByolOptions { Seed = 3, ProjectorHidden = 32 },
        new ByolOptions { Seed = 3, ProjectorHidden = 32, BatchNormSplits = 2, EmaWeight = 0.5, EmaWeightGrows = false },
    ];

    public static TheoryData<int> Ways => [.. Enumerable.Range(0, All.Length)];

    public static MatrixTheoryData<int, Precision> WaysAndPrecisions =>
        new(Enumerable.Range(0, All.Length), [Precision.Fp32, Precision.Bf16]);

    [Theory]
    [MemberData(nameof(Ways))]
    public void Each_step_reports_what_the_method_says_and_leaves_no_tensor_behind(int which)
    {
        var options = All[which];
        using var method = options.Create(CPU);
        using var views = SomeViews(1);
        method.Step(views, new(0.1));
        var (live, total) = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, DisposeScopeManager.Statistics.DetachedFromScopeCount);
        for (var step = 0; step < 2; step++)
        {
            var result = method.Step(views, new(0.1));
            Assert.True(result.IsFinite);
            Assert.Equal(options.Describe().Metrics, result.Metrics.Select(metric => metric.Spec));
            Assert.Equal(result["loss_global"]!.Value, result.Loss, 1e-9);
            Assert.InRange(result["frame_spread_global"]!.Value, 1e-6, 2);
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            Assert.Equal(total, DisposeScopeManager.Statistics.DetachedFromScopeCount);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_checkpoint_has_a_place_for_all_of_its_state(int which)
    {
        var options = All[which];
        using var method = options.Create(CPU);
        var files = options.Describe().CheckpointFiles;
        Each.Holds(
            method.Snapshot().Tensors,
            tensor => Assert.Single(files, file => tensor.Name.StartsWith(file.Prefix, StringComparison.Ordinal)));
        Each.Holds(files, file => Assert.Contains(
            method.Snapshot().Tensors, tensor => tensor.Name.StartsWith(file.Prefix, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(WaysAndPrecisions))]
    public void A_run_restored_from_a_snapshot_goes_on_bit_for_bit(int which, Precision precision)
    {
        using var first = SomeViews(1);
        using var second = SomeViews(2);
        using var method = All[which].Create(CPU, precision);
        method.Step(first, new(0.1));
        var saved = method.Snapshot();
        StepSettings then = new(0.2) { Progress = 0.25, Step = 1 };
        var expected = method.Step(second, then);

        using var other = (All[which] with { Seed = 99 }).Create(CPU, precision);
        other.Step(second, new(0.3));
        other.Restore(saved);
        Same(saved, other.Snapshot());
        Assert.Equal(expected, other.Step(second, then));
        Same(method.Snapshot(), other.Snapshot());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_batch_whose_loss_is_not_a_number_changes_nothing(int which)
    {
        using var good = SomeViews(1);
        using var bad = SomeViews(2);
        bad.ViewPlus[0, 0, 0, 0] = float.NaN;
        using var method = All[which].Create(CPU);
        using var untouched = All[which].Create(CPU);

        Assert.False(method.Step(bad, new(0.1)).IsFinite);
        Assert.False(method.Step(bad, new(0.1)).IsFinite);

        Assert.Equal(untouched.Step(good, new(0.1)), method.Step(good, new(0.1)));
        Same(untouched.Snapshot(), method.Snapshot());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void It_learns_what_a_few_pairs_have_in_common(int which)
    {
        using var views = SomeViews(1);
        using var method = All[which].Create(CPU);
        var losses = Enumerable.Range(0, 12).Select(step => method.Step(views, new(0.05) { Progress = step / 12.0 }).Loss).ToList();
        Assert.True(losses.TakeLast(3).Average() < 0.9 * losses[0], string.Join(' ', losses));
    }

    [Fact]
    public void Batches_that_are_too_small_are_refused_in_words()
    {
        Refused(new SimClrOptions(), batch: 1, "A batch of 1 is too small: take 2 pairs or more.");
        Refused(new ByolOptions { BatchNormSplits = 2 }, batch: 2, "A batch of 2 is too small: take 4 pairs or more.");
        Assert.Empty(new SimClrOptions().Problems(batchSize: 2, Side, enqueuePixels: 0));
        Assert.Empty(new ByolOptions { BatchNormSplits = 2 }.Problems(batchSize: 4, Side, enqueuePixels: 0));

        static void Refused(MethodOptions options, int batch, string why) =>
            Assert.Equal([why], options.Problems(batch, Side, enqueuePixels: 0));
    }

    internal static Views SomeViews(int seed)
    {
        using var generator = new Generator((ulong)seed);
        return new Views(
            randn([Batch, 3, Side, Side], generator: generator), randn([Batch, 3, Side, Side], generator: generator),
            [], [], [2, 0, 3, 1], [[], [], [], []]);
    }

    private static void Same(TrainingSnapshot expected, TrainingSnapshot actual)
    {
        Assert.Equal(expected.Counters, actual.Counters);
        Assert.Equal(expected.Tensors.Select(tensor => tensor.Name), actual.Tensors.Select(tensor => tensor.Name));
        Each.Holds(expected.Tensors, tensor => Assert.True(
            MemoryMarshal.AsBytes(tensor.Values.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(actual.Find(tensor.Name)!.Values.AsSpan())),
            tensor.Name));
    }
}
