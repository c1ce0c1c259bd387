using CACL.Data.Sampling;
using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Byol;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Methods.DenseCl;
using CACL.Learning.Methods.MocoV2;
using CACL.Learning.Methods.PixPro;
using CACL.Learning.Methods.SimClr;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Ranks;

/// <summary>Several ranks compute what one process computes of the whole batch with as many groups of batch statistics.</summary>
public sealed class RankStepTests
{
    private const int Batch = 8;
    private const int Side = 16;
    private const int Pixels = 3;

    /// <summary>Of float64: what is left of rounding after a step through ResNet-18.</summary>
    private const double Exact = 1e-9;

    /// <summary>Of float32, relative to a tensor's largest number.</summary>
    private const double Rounded = 2e-3;

    private static readonly CaclOptions Cacl = new() { Seed = 3, QueueSize = 50, BatchNormSplits = 4 };

    public static TheoryData<int, MethodOptions> OtherMethods => new()
    {
        { 4, Cacl },
        { 2, Cacl with { SpatialRoll = false, Positives = Positives.SamePosition, CycleTarget = CycleTarget.Features } },
        { 4, Cacl with { CycleGradient = CycleGradient.BothFrames } },
        { 2, Cacl with { Heads = Heads.Cycle, CycleGradient = CycleGradient.BothFrames, SpatialRoll = false } },
        { 2, new MocoOptions { Seed = 3, QueueSize = 20, BatchNormSplits = 4 } },
        { 4, new DenseClOptions { Seed = 3, QueueSize = 20, BatchNormSplits = 4 } },
        { 2, new ByolOptions { Seed = 3, ProjectorHidden = 32, BatchNormSplits = 4 } },
        { 2, new SimClrOptions { Seed = 3, BatchNormSplits = 4 } },
        { 2, new PixProOptions { Seed = 3, ProjectorHidden = 32, BatchNormSplits = 4 } },
    };

    [Fact]
    public void Two_ranks_take_the_step_of_one_process() => AssertOneStep(2, Cacl);

    [Theory]
    [MemberData(nameof(OtherMethods))]
    public void More_ranks_and_other_methods_take_the_step_of_one_process(int ranks, MethodOptions options)
    {
        LongTests.Only("Two steps of a method in float64, twice");
        AssertOneStep(ranks, options);
    }

    [Fact]
    public void In_float32_the_steps_of_four_ranks_differ_by_rounding_alone_and_are_the_same_again_bit_for_bit()
    {
        LongTests.Only("Nine networks of two steps each");
        const int ranks = 4;
        var expected = Steps(HostTensors.Alone, Cacl, Precision.Fp32);
        var found = ThreadRanks.Do(ranks, rank => Steps(new HostTensors(rank), Cacl, Precision.Fp32));
        AssertNear(expected, found[0], Rounded);
        Each.Holds(found, taken => Assert.Equal(found[0].Checksum, taken.Checksum));
        Assert.Equal(found[0].Checksum, ThreadRanks.Do(ranks, rank => ChecksumAfter(new HostTensors(rank)))[0]);
    }

    [Fact]
    public void One_rank_over_NCCL_takes_the_step_of_a_process_alone_bit_for_bit()
    {
        NcclStandIn.Require();
        var over = ThreadRanks.Do(1, rank =>
        {
            using var nccl = NcclTensorsTests.Over(rank);
            return ChecksumAfter(nccl);
        });
        Assert.Equal(ChecksumAfter(HostTensors.Alone), over[0]);
    }

    [Fact]
    public void Two_ranks_take_the_same_step_over_NCCL_and_over_the_host_bit_for_bit()
    {
        LongTests.Only("Two steps of two ranks, twice; one rank takes them over NCCL in every test run");
        NcclStandIn.Require();
        Each.Holds(
            ThreadRanks.Do(2, rank =>
            {
                using var nccl = NcclTensorsTests.Over(rank);
                return (ChecksumAfter(nccl), ChecksumAfter(new HostTensors(rank)));
            }),
            taken => Assert.Equal(taken.Item2, taken.Item1));
    }

    [Theory]
    [InlineData(CycleGradient.FirstFrame)]
    [InlineData(CycleGradient.BothFrames)]
    public void A_step_in_which_a_rank_is_lost_changes_nothing_on_the_others_wherever_it_was_lost(CycleGradient gradient)
    {
        if (gradient == CycleGradient.BothFrames) LongTests.Only("The same with more exchanges");
        var options = Cacl with { CycleGradient = gradient };
        var (exchanges, untouched) = ThreadRanks.Do(2, rank =>
        {
            var checksum = ChecksumAfter(new HostTensors(rank), options, steps: 1);
            return (rank.Exchanges, checksum);
        })[0];
        Assert.InRange(exchanges, 5, 50);
        var found = ThreadRanks.Do(2, rank =>
        {
            using var method = options.OfRank(2).Create(CPU);
            method.Join(new HostTensors(rank));
            using var views = Part(1, new HostTensors(rank));
            for (var lost = 0; lost < exchanges; lost++)
            {
                // Both lose the other in the same exchange here, and find it again for the next.
                rank.FailsAt = rank.Exchanges + lost;
                Assert.Throws<LostRankException>(() => method.Step(views, new StepSettings(0.1)));
            }

            rank.FailsAt = null;
            return ChecksumAfter(new HostTensors(rank), options, steps: 1, method: method);
        });
        Each.Holds(found, checksum => Assert.Equal(untouched, checksum));
    }

    [Fact]
    public void A_loss_that_is_not_finite_on_one_rank_leaves_all_as_they_were()
    {
        var found = ThreadRanks.Do(2, rank =>
        {
            using var method = Cacl.OfRank(2).Create(CPU);
            method.Join(new HostTensors(rank));
            using var bad = Part(1, new HostTensors(rank));
            using (no_grad())
            {
                if (rank.Rank == 1) bad.View.fill_(double.NaN);
            }

            Assert.False(method.Step(bad, new StepSettings(0.1)).IsFinite);
            return ChecksumAfter(new HostTensors(rank), steps: 1, method: method);
        });
        var untouched = ThreadRanks.Do(2, rank => ChecksumAfter(new HostTensors(rank), steps: 1));
        Assert.Equal(untouched, found);
    }

    [Fact]
    public void Without_the_permutation_of_the_whole_batch_no_step_is_taken() => ThreadRanks.Do(2, rank =>
    {
        using var method = Cacl.OfRank(2).Create(CPU);
        method.Join(new HostTensors(rank));
        using var views = Part(0, new HostTensors(rank)) with { Shuffle = null };
        return Assert.Throws<ArgumentException>(() => method.Step(views, new StepSettings(0.1))).Message;
    });

    private static void AssertOneStep(int ranks, MethodOptions options)
    {
        var expected = Steps(HostTensors.Alone, options, Precision.Fp64);
        var found = ThreadRanks.Do(ranks, rank => Steps(new HostTensors(rank), options, Precision.Fp64));
        Each.Holds(found, taken => AssertNear(expected, taken, Exact));
        // And they do not drift apart: not by a bit.
        Each.Holds(found, taken => Assert.Equal(found[0].Checksum, taken.Checksum));
    }

    // Two steps on batches of their own: the second begins with statistics, momentum and queues that the first has changed.
    private static Taken Steps(HostTensors ranks, MethodOptions options, Precision precision)
    {
        using var method = options.OfRank(ranks.Size).Create(CPU, precision);
        method.Join(ranks);
        var gradients = new Dictionary<string, double[]>();
        var first = Step(method, ranks, 0, (name, gradient) =>
        {
            using var scope = NewDisposeScope();
            gradients.Add(name, gradient.to(float64).contiguous().data<double>().ToArray());
        });
        Step(method, ranks, 1);
        return new Taken(first, gradients, method.Snapshot(), method.Checksum());
    }

    // What steps of float32 make of a new method, or of the one that is given; nothing is copied to be compared number by number.
    private static byte[] ChecksumAfter(
        ITensorCollectives ranks, MethodOptions? options = null, int steps = 2, IMethod? method = null)
    {
        var own = method ?? (options ?? Cacl).OfRank(ranks.Size).Create(CPU);
        try
        {
            if (method is null) own.Join(ranks);
            for (var step = 0; step < steps; step++) Step(own, ranks, step);
            return own.Checksum();
        }
        finally
        {
            if (method is null) own.Dispose();
        }
    }

    private static StepResult Step(IMethod method, ITensorCollectives ranks, int step, Action<string, Tensor>? inspect = null)
    {
        using var views = Part(step, ranks);
        return method.Step(views, new StepSettings(0.1) { Step = step, InspectGradient = inspect });
    }

    // A rank's part of a batch.
    private static Views Part(int step, ITensorCollectives ranks)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)step + 1);
        var view = randn([Batch, 3, Side, Side], generator: generator);
        var plus = (0.7 * view) + (0.6 * randn([Batch, 3, Side, Side], generator: generator));
        var random = new Random(step);
        var own = Batch / ranks.Size;
        Roll[] Rolls() => [.. Enumerable.Range(0, Batch).Select(_ => new Roll(8 * random.Next(Side / 8), 8 * random.Next(Side / 8)))];
        var (rolls, rollsPlus) = (Rolls(), Rolls());
        var pixels = Enumerable.Range(0, Batch)
            .Select(_ => Enumerable.Range(0, Side / 8 * (Side / 8)).OrderBy(_ => random.Next()).Take(Pixels).ToArray()).ToArray();
        var boxes = tensor(
            Enumerable.Range(0, 2 * Batch * ViewBoxes.Numbers)
                .Select(i => i % ViewBoxes.Numbers == 4 ? random.Next(2) : 20f + random.Next(60)).ToArray(),
            [2 * Batch, ViewBoxes.Numbers]);
        var shuffle = StepPermutation.Of(7, step, Batch);
        var first = ranks.Rank * own;
        T[] Own<T>(T[] all) => [.. all.Skip(first).Take(own)];
        Tensor Share(Tensor all, int from) => all.narrow(0, from + first, own).clone();
        return new Views(
            Share(view, 0).DetachFromDisposeScope(), Share(plus, 0).DetachFromDisposeScope(), Own(rolls), Own(rollsPlus),
            ranks.IsAlone ? shuffle : [.. Enumerable.Range(0, own)], Own(pixels))
        {
            Shuffle = ranks.IsAlone ? null : shuffle,
            UploadedBoxes = cat([Share(boxes, 0), Share(boxes, Batch)]).DetachFromDisposeScope(),
        };
    }

    private static void AssertNear(Taken expected, Taken found, double tolerance)
    {
        // How far apart frames are is the mean over the ranks of what each sees of its own frames.
        Each.Holds(
            expected.Result.Metrics.Zip(found.Result.Metrics).Where(pair => pair.First.Spec.Kind != MetricKind.FrameSpread),
            pair => Assert.Equal(pair.First.Value, pair.Second.Value, ToleranceOf(pair.First.Spec) * (1 + Math.Abs(pair.First.Value))));
        double ToleranceOf(MetricSpec spec) => spec.Kind == MetricKind.Loss ? tolerance : Math.Max(tolerance, 1e-6); // some are float32
        Assert.Equal(expected.Gradients.Keys.Order(StringComparer.Ordinal), found.Gradients.Keys.Order(StringComparer.Ordinal));
        Each.Holds(expected.Gradients, gradient => AssertNear(gradient.Key, gradient.Value, found.Gradients[gradient.Key], tolerance));
        Assert.Equal(expected.State.Counters, found.State.Counters);
        // A snapshot is float32.
        Each.Holds(
            expected.State.Tensors,
            tensor => AssertNear(
                tensor.Name, [.. tensor.Values.Select(v => (double)v)], [.. found.State.Find(tensor.Name)!.Values.Select(v => (double)v)],
                Math.Max(tolerance, 1e-6)));
    }

    private static void AssertNear(string name, double[] expected, double[] found, double tolerance)
    {
        var largest = expected.Max(Math.Abs);
        var worst = expected.Zip(found, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= tolerance * (largest + 1e-6), $"{name}: {worst:G3} of {largest:G3}");
    }

    private sealed record Taken(StepResult Result, Dictionary<string, double[]> Gradients, TrainingSnapshot State, byte[] Checksum);
}
