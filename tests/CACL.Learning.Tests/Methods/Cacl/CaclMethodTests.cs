using System.Diagnostics;
using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Testing;
using TorchSharp;
using static TorchSharp.torch;
using Padding = CACL.Learning.Networks.Padding;

namespace CACL.Learning.Tests.Methods.Cacl;

public sealed class CaclMethodTests
{
    private const int Batch = 4;
    private const int Side = 40;

    private static readonly CaclOptions Options = new() { Seed = 3, QueueSize = 40, BatchNormSplits = 2 };

    private static readonly CaclOptions[] Ways =
    [
        Options with { Heads = Heads.Global },
        Options with { Heads = Heads.Pixel },
        Options with { Heads = Heads.Cycle },
        Options with { Heads = Heads.Global | Heads.Pixel },
        Options with { Heads = Heads.Global | Heads.Cycle },
        Options with { Heads = Heads.Pixel | Heads.Cycle },
        Options with { Heads = Heads.All },
        Options with { SoftCycle = false },
        Options with { CycleTarget = CycleTarget.SoftSelf, CycleTargetTemperature = 0.02 },
        Options with { Heads = Heads.Cycle, CycleTarget = CycleTarget.Features },
        Options with { CycleTarget = CycleTarget.FeaturesSelf, GlobalQueueSize = 8, CycleQueueSize = 60 },
        Options with { CycleGradient = CycleGradient.BothFrames },
        Options with { Heads = Heads.Cycle, CycleGradient = CycleGradient.BothFrames, SpatialRoll = false },
        Options with { SpatialRoll = false },
        Options with { Positives = Positives.SamePosition },
        Options with { Pooling = Pooling.BeforeHead },
        Options with { Padding = Padding.Reflect, BatchNormSplits = 1 },
        Options with { BatchNormSplits = 4, LossWeights = CaclOptions.Weights(0.5, 2, 0) },
    ];

    /// <summary>Every way, of which every third is tried in every test run.</summary>
    public static IEnumerable<TheoryDataRow<CaclOptions>> EveryWay => Ways.Select((options, i) => new TheoryDataRow<CaclOptions>(options)
    {
        Skip = i % 3 == 0 ? null : LongTests.WhyNot("the same in another way"),
    });

    [Theory]
    [MemberData(nameof(EveryWay))]
    public void Each_step_reports_the_heads_that_are_on_and_leaves_no_tensor_behind(CaclOptions options)
    {
        using var cacl = new CaclMethod(options, CPU);
        using var views = SomeViews(1);
        cacl.Step(views, new(0.1));
        var (live, total) = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, DisposeScopeManager.Statistics.DetachedFromScopeCount);
        for (var step = 0; step < (LongTests.Wanted ? 2 : 1); step++)
        {
            var result = cacl.Step(views, new(0.1));
            Assert.True(result.IsFinite);
            var method = options.Describe();
            Assert.Equal(method.Metrics.Where(metric => method.Heads.Contains(metric.Head)), result.Metrics.Select(metric => metric.Spec));
            var sum = result.Metrics.Where(metric => metric.Spec.Kind == MetricKind.Loss)
                .Sum(metric => metric.Value * options.LossWeights[metric.Spec.Head]);
            Assert.Equal(sum, result.Loss, 1e-9);
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            Assert.Equal(total, DisposeScopeManager.Statistics.DetachedFromScopeCount);
        }
    }

    [Fact]
    public void The_same_seed_and_views_make_the_same_steps_bit_for_bit()
    {
        LongTests.Only("Two runs; BitIdentityTests have the same through the actors");
        using var views = SomeViews(1);
        TrainingSnapshot Run()
        {
            using var cacl = new CaclMethod(Options, CPU);
            for (var step = 0; step < 3; step++) cacl.Step(views, new(0.1));
            return cacl.Snapshot();
        }

        Same(Run(), Run());
    }

    [Fact]
    public void A_step_that_is_measured_is_the_step_that_is_not_and_its_parts_are_all_there()
    {
        using var views = SomeViews(1);
        using var plain = new CaclMethod(Options, CPU);
        using var measured = new CaclMethod(Options, CPU);
        var clock = new StepClock();
        for (var step = 0; step < 2; step++)
        {
            var expected = plain.Step(views, new(0.1));
            var began = Stopwatch.GetTimestamp();
            clock.Start();
            Assert.Equal(expected, measured.Step(views, new(0.1) { Clock = clock }));
            var (times, all) = (clock.Times, Stopwatch.GetElapsedTime(began).TotalSeconds);
            Assert.Equal(0, times.Transfer);
            Each.Holds(new[] { times.Forward, times.Backward, times.Optimiser }, part => Assert.True(part > 0));
            Assert.True(times.Forward + times.Backward + times.Optimiser <= all);
        }

        Same(plain.Snapshot(), measured.Snapshot());
    }

    [Fact]
    public void Weights_of_a_step_count_as_those_of_the_settings_do_and_for_that_step_alone()
    {
        using var views = SomeViews(1);
        using var set = new CaclMethod(Options with { LossWeights = CaclOptions.Weights(0.5, 2, 0.25) }, CPU);
        using var told = new CaclMethod(Options, CPU);
        Assert.Equal(set.Step(views, new(0.1)), told.Step(views, new(0.1) { Weights = set.Options.LossWeights }));
        Same(set.Snapshot(), told.Snapshot());
        Assert.NotEqual(set.Step(views, new(0.1)).Loss, told.Step(views, new(0.1)).Loss);
    }

    [Fact]
    public void A_cycle_that_has_not_begun_trains_nothing_and_is_measured_and_its_queue_is_filled()
    {
        var late = Options with { CycleRamp = new(RunSpan.Steps(1), RunSpan.Epochs(2)) };
        using var views = SomeViews(1);
        using var waiting = new CaclMethod(late, CPU);
        using var weightless = new CaclMethod(Options with { LossWeights = CaclOptions.Weights(1, 1, 0) }, CPU);
        var gradients = new Dictionary<string, double>(StringComparer.Ordinal);
        StepSettings At(long step) => new(0.1)
        {
            Step = step,
            StepsPerEpoch = 2,
            InspectGradient = (name, gradient) => gradients[name] = gradient.abs().max().item<float>(),
        };

        var first = waiting.Step(views, At(0));
        Assert.Equal(weightless.Step(views, new(0.1)), first);
        Assert.True(first["loss_cycle"] > 0);
        Each.Holds(gradients, g => Assert.Equal(g.Key.StartsWith("head_cycle", StringComparison.Ordinal), g.Value == 0));
        Assert.NotEqual(0, waiting.Snapshot().Counters["queue.cycle.pointer"]);
        Same(weightless.Snapshot(), waiting.Snapshot());

        // Two epochs are four steps: the second step has a quarter of the weight.
        using var quarter = new CaclMethod(Options with { LossWeights = CaclOptions.Weights(1, 1, 0.25) }, CPU);
        quarter.Restore(waiting.Snapshot());
        Assert.Equal(quarter.Step(views, new(0.1)), waiting.Step(views, At(1)));
        Same(quarter.Snapshot(), waiting.Snapshot());
        Each.Holds(gradients, g => Assert.NotEqual(0, g.Value));
    }

    [Fact]
    public void A_targets_source_and_temperature_and_the_frames_that_move_each_change_the_step()
    {
        LongTests.Only("Nine networks; the golden case cycle has each target in every test run");
        CaclOptions[] ways =
        [
            Options,
            Options with { SoftCycle = false },
            Options with { CycleTarget = CycleTarget.SoftSelf },
            Options with { CycleTarget = CycleTarget.Features },
            Options with { CycleTarget = CycleTarget.FeaturesSelf },
            Options with { CycleTargetTemperature = 0.02 },
            Options with { CycleGradient = CycleGradient.BothFrames },
        ];
        using var views = SomeViews(1);
        var gradients = ways.Select(options =>
        {
            using var cacl = new CaclMethod(options, CPU);
            var sum = 0.0;
            cacl.Step(views, new(0.1) { InspectGradient = (name, g) => sum += name == "head_cycle.2.weight" ? g.norm().item<float>() : 0 });
            return sum;
        }).ToList();
        Assert.Equal(ways.Length, gradients.Distinct().Count());

        using var said = new CaclMethod(
            Options with { CycleTarget = CycleTarget.Soft, CycleTargetTemperature = Options.Temperature }, CPU);
        using var usual = new CaclMethod(Options, CPU);
        Assert.Equal(usual.Step(views, new(0.1)), said.Step(views, new(0.1)));
        Same(usual.Snapshot(), said.Snapshot());
    }

    [Fact]
    public void Each_head_may_have_a_queue_of_its_own_length()
    {
        using var views = SomeViews(1);
        using var cacl = new CaclMethod(Options with { QueueSize = 16, GlobalQueueSize = Batch, CycleQueueSize = 50 }, CPU);
        cacl.Step(views, new(0.1));
        var after = cacl.Snapshot();
        Assert.Equal([4L, 16, 50], new[] { "global", "pixel", "cycle" }.Select(head => after.Find($"queue.{head}")!.Shape[0]));
        Assert.Equal([0L, 12, 12], new[] { "global", "pixel", "cycle" }.Select(head => after.Counters[$"queue.{head}.pointer"]));
    }

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Bf16)]
    public void A_run_restored_from_a_snapshot_goes_on_bit_for_bit(Precision precision)
    {
        if (precision == Precision.Bf16) LongTests.Only("The same in bf16, in which SimCLR goes on in every test run");
        using var first = SomeViews(1);
        using var second = SomeViews(2);
        using var cacl = new CaclMethod(Options, CPU, precision);
        cacl.Step(first, new(0.1));
        var saved = cacl.Snapshot();
        var expected = cacl.Step(second, new(0.2));

        using var other = new CaclMethod(Options with { Seed = 99 }, CPU, precision);
        other.Step(second, new(0.3));
        other.Restore(saved);
        Same(saved, other.Snapshot());
        Assert.Equal(expected, other.Step(second, new(0.2)));
        Same(cacl.Snapshot(), other.Snapshot());
    }

    [Fact]
    public void A_snapshot_handed_back_is_written_into_again_and_shares_nothing_with_the_run()
    {
        using var views = SomeViews(1);
        using var cacl = new CaclMethod(Options, CPU);
        var first = cacl.Snapshot();
        var before = first.Find("query.conv1.weight")!.Values.ToArray();
        cacl.Step(views, new(0.1));
        Assert.Equal(before, first.Find("query.conv1.weight")!.Values);

        var again = cacl.Snapshot(first);
        Assert.Same(first.Find("query.conv1.weight")!.Values, again.Find("query.conv1.weight")!.Values);
        Assert.NotEqual(before, again.Find("query.conv1.weight")!.Values);
    }

    [Fact]
    public void A_batch_whose_loss_is_not_a_number_changes_nothing()
    {
        using var good = SomeViews(1);
        using var bad = SomeViews(2);
        bad.View[0, 0, 0, 0] = float.NaN;
        using var cacl = new CaclMethod(Options, CPU);
        using var untouched = new CaclMethod(Options, CPU);

        Assert.False(cacl.Step(bad, new(0.1)).IsFinite);
        Assert.False(cacl.Step(bad, new(0.1)).IsFinite);

        Assert.Equal(untouched.Step(good, new(0.1)), cacl.Step(good, new(0.1)));
        Same(untouched.Snapshot(), cacl.Snapshot());
    }

    [Fact]
    public void A_snapshot_of_another_architecture_is_refused_with_the_tensors_name_and_changes_nothing()
    {
        using var cacl = new CaclMethod(Options, CPU);
        var before = cacl.Snapshot();
        using var otherQueue = new CaclMethod(Options with { QueueSize = 80, Seed = 9 }, CPU);
        using var fewerHeads = new CaclMethod(Options with { Heads = Heads.Global, Seed = 9 }, CPU);

        Assert.Contains(
            "queue.global", Assert.Throws<ArgumentException>(() => cacl.Restore(otherQueue.Snapshot())).Message, StringComparison.Ordinal);
        Assert.Contains(
            "query.head_pixel", Assert.Throws<ArgumentException>(() => cacl.Restore(fewerHeads.Snapshot())).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "query.head_pixel", Assert.Throws<ArgumentException>(() => fewerHeads.Restore(before)).Message, StringComparison.Ordinal);
        Same(before, cacl.Snapshot());
    }

    [Fact]
    public void It_starts_from_a_backbones_weights_and_names_the_heads_that_were_not_among_them()
    {
        using var donor = new CaclMethod(Options with { Seed = 8 }, CPU);
        var weights = donor.Snapshot().Tensors.Where(tensor => tensor.Name.StartsWith("query.", StringComparison.Ordinal))
            .Select(tensor => tensor with { Name = tensor.Name[6..] })
                .Where(tensor => !tensor.Name.StartsWith("head_", StringComparison.Ordinal))
                .ToList();
        using var cacl = new CaclMethod(Options, CPU);

        var kept = cacl.InitialiseFrom(weights);

        Assert.Equal(12, kept.Count);
        var after = cacl.Snapshot();
        Assert.Equal(weights[0].Values, after.Find("query.conv1.weight")!.Values);
        Assert.Equal(weights[0].Values, after.Find("key.conv1.weight")!.Values);
        Assert.Throws<ArgumentException>(() => cacl.InitialiseFrom(weights.Skip(1)));
    }

    [Fact]
    public void Settings_and_views_that_do_not_fit_are_refused_in_words()
    {
        static void Refused(string word, Action action) =>
            Assert.Contains(word, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

        Refused("head", () => new CaclMethod(Options with { Heads = Heads.None }, CPU).Dispose());
        Refused("soft cycle", () => new CaclMethod(Options with { Heads = Heads.Cycle, SoftCycle = true }, CPU).Dispose());
        using var views = SomeViews(1);
        using var threeGroups = new CaclMethod(Options with { BatchNormSplits = 3 }, CPU);
        Refused("3 groups", () => threeGroups.Step(views, new(0.1)));
        using var cacl = new CaclMethod(Options, CPU);
        Refused("permutation", () => cacl.Step(views with { Permutation = [0, 1, 1, 2] }, new(0.1)));
        Refused("rolls", () => cacl.Step(views with { Rolls = [default, default, default, new Roll(3, 0)] }, new(0.1)));
        Refused("enqueue", () => cacl.Step(views with { EnqueuePixels = [[0], [0], [0], [25]] }, new(0.1)));
        using var small = new CaclMethod(Options with { QueueSize = 7 }, CPU);
        Refused("queue of 7", () => small.Step(views, new(0.1)));
        using var own = new CaclMethod(Options with { PixelQueueSize = 11 }, CPU);
        Refused("12 rows into the pixel head's queue of 11", () => own.Step(views, new(0.1)));
        Refused("target is Hard", () => new CaclMethod(Options with { SoftCycle = true, CycleTarget = CycleTarget.Hard }, CPU).Dispose());
        Refused(
            "soft cycle", () => new CaclMethod(Options with { Heads = Heads.Cycle, CycleTarget = CycleTarget.SoftSelf }, CPU).Dispose());
        Refused("cycle's target is -1", () => new CaclMethod(Options with { CycleTargetTemperature = -1 }, CPU).Dispose());
    }

    internal static Views SomeViews(int seed)
    {
        var random = new Random(seed);
        using var generator = new Generator((ulong)seed);
        Roll[] Rolls() => [.. Enumerable.Range(0, Batch).Select(_ => new Roll(8 * random.Next(Side / 8), 8 * random.Next(Side / 8)))];
        return new Views(
            randn([Batch, 3, Side, Side], generator: generator),
            randn([Batch, 3, Side, Side], generator: generator),
            Rolls(),
            Rolls(),
            [2, 0, 3, 1],
            [.. Enumerable.Range(0, Batch).Select(_ => new[] { random.Next(25), random.Next(25), random.Next(25) })]);
    }

    private static void Same(TrainingSnapshot expected, TrainingSnapshot actual)
    {
        Assert.Equal(expected.Counters, actual.Counters);
        Assert.Equal(expected.Tensors.Select(tensor => tensor.Name), actual.Tensors.Select(tensor => tensor.Name));
        foreach (var tensor in expected.Tensors)
        {
            // The comparison is bit for bit: a difference in the sign of a zero counts.
            Assert.True(
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.Values.AsSpan())
                    .SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(actual.Find(tensor.Name)!.Values.AsSpan())),
                tensor.Name);
        }
    }
}
