using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.SimClr;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods;

/// <summary>What every method promises. Derived tests name the method, and add what is its own.</summary>
public abstract class MethodContract
{
    /// <summary>Pairs in a batch.</summary>
    protected const int Batch = 4;

    /// <summary>Side of a view, pixels.</summary>
    protected const int Side = 40;

    /// <summary>The method's settings, with few queue rows and channels, and two groups of batch statistics.</summary>
    protected abstract MethodOptions Options { get; }

    [Fact]
    public void Each_step_reports_what_the_method_says_and_leaves_no_tensor_behind()
    {
        using var method = Options.Create(CPU);
        using var views = SomeViews(1);
        method.Step(views, new(0.1));
        var (live, total) = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, DisposeScopeManager.Statistics.DetachedFromScopeCount);
        for (var step = 0; step < (LongTests.Wanted ? 2 : 1); step++)
        {
            var result = method.Step(views, new(0.1));
            Assert.True(result.IsFinite);
            var described = Options.Describe();
            Assert.Equal(described.Metrics, result.Metrics.Select(metric => metric.Spec));
            var sum = result.Metrics.Where(metric => metric.Spec.Kind == MetricKind.Loss)
                .Sum(metric => metric.Value * described.LossWeights[metric.Spec.Head]);
            Assert.Equal(sum, result.Loss, 1e-9);
            Each.Holds(result.Metrics.Where(m => m.Spec.Kind != MetricKind.Loss), metric => Assert.InRange(metric.Value, 0, 2));
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            Assert.Equal(total, DisposeScopeManager.Statistics.DetachedFromScopeCount);
        }
    }

    [Fact]
    public void The_room_that_its_checkpoint_takes_is_known_beforehand()
    {
        using var folder = new TemporaryFolder();
        using var method = Options.Create(CPU);
        var description = Options.Describe();
        var state = new CheckpointState
        {
            Step = 1,
            Epoch = 0,
            Position = 0,
            Seed = 1,
            Architecture = description.Architecture,
            Files = description.CheckpointFiles,
            Settings = new Dictionary<string, string>(),
        };
        var path = new CheckpointStore(folder.Path, keep: 1).Save(state, method.Snapshot(), TestContext.Current.CancellationToken);
        var size = Directory.EnumerateFiles(path).Sum(file => new FileInfo(file).Length);
        Assert.InRange(CheckpointSize.Of(Options), size, (long)(1.1 * size));
        var tensors = Directory.EnumerateFiles(path, "*.safetensors").Select(file => (Path.GetFileName(file), new FileInfo(file).Length));
        Assert.Equal(tensors.Order(), CheckpointSize.OfTensors(Options, state.Step).Order());
    }

    [Fact]
    public void It_goes_on_from_a_checkpoint_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        using var views = SomeViews(1);
        using var method = Options.Create(CPU);
        method.Step(views, new(0.1));
        var description = Options.Describe();
        var path = new CheckpointStore(folder.File("checkpoints"), keep: 1).Save(
            new CheckpointState
            {
                Step = 1,
                Epoch = 0,
                Position = Batch,
                Seed = Options.Seed,
                Architecture = description.Architecture,
                Files = description.CheckpointFiles,
                Settings = new Dictionary<string, string>(),
            },
            method.Snapshot(),
            TestContext.Current.CancellationToken);
        var next = new StepSettings(0.2) { Progress = 0.5, Step = 1 };
        var expected = method.Step(views, next);

        using var other = (Options with { Seed = 9 }).Create(CPU);
        other.Restore(CheckpointStore.Load(path).Snapshot);
        Assert.Equal(expected, other.Step(views, next));
        AssertSame(method.Snapshot(), other.Snapshot());
        // Who evaluates, draws or exports finds the heads by their tensors.
        Assert.Equal(Options.HeadSpecs, BackboneFile.Find(path).Heads);
    }

    [Fact]
    public void A_step_whose_losses_are_no_numbers_changes_nothing()
    {
        OneMethodOrLong();
        using var bad = SomeViews(1);
        using (no_grad()) bad.View.fill_(double.NaN);
        using var good = SomeViews(2);
        using var method = Options.Create(CPU);
        using var untouched = Options.Create(CPU);
        Assert.False(method.Step(bad, new(0.1)).IsFinite);
        Assert.Equal(untouched.Step(good, new(0.1)), method.Step(good, new(0.1)));
        AssertSame(untouched.Snapshot(), method.Snapshot());
    }

    [Fact]
    public void In_bf16_its_losses_are_nearly_those_of_fp32()
    {
        OneMethodOrLong();
        using var views = SomeViews(1);
        using var exact = Options.Create(CPU);
        using var rounded = Options.Create(CPU, Precision.Bf16);
        var (expected, found) = (exact.Step(views, new(0.1)), rounded.Step(views, new(0.1)));
        Assert.NotEqual(expected.Loss, found.Loss);
        Each.Holds(
            expected.Metrics.Zip(found.Metrics).Where(pair => pair.First.Spec.Kind == MetricKind.Loss),
            pair => Assert.Equal(pair.First.Value, pair.Second.Value, 0.05 * (1 + Math.Abs(pair.First.Value))));
    }

    [Fact]
    public void Each_head_that_is_watched_has_advice_for_its_collapse()
    {
        var described = Options.Describe();
        Assert.Equal(
            described.Metrics.Where(metric => metric.Kind is MetricKind.Spread or MetricKind.FrameSpread)
                .Select(metric => metric.Head).Distinct().Order(StringComparer.Ordinal),
            described.OnCollapse.Select(advice => advice.Head).Order(StringComparer.Ordinal));
        Assert.Equal(
            described.Metrics.Count, described.Metrics.Select(metric => metric.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(
            described.Metrics.Count, described.Metrics.Select(metric => (metric.Kind, metric.Head)).Distinct().Count());
    }

    // What all methods share in one base class is tried with the smallest of them in every test run.
    private void OneMethodOrLong()
    {
        if (Options is not SimClrOptions) LongTests.Only("The same for another method");
    }

    /// <summary>Returns views of a batch, of which the second resemble the first, with boxes that overlap but in the last pair.</summary>
    protected static Views SomeViews(int seed)
    {
        using var generator = new Generator((ulong)seed);
        using var scope = NewDisposeScope();
        var view = randn([Batch, 3, Side, Side], generator: generator);
        var plus = (0.7 * view) + (0.6 * randn([Batch, 3, Side, Side], generator: generator));
        float[] boxes =
        [
            0, 0, 80, 60, 0, 10, 10, 70, 90, 1, 0, 0, 50, 50, 0, 0, 0, 50, 50, 0,
            0, 0, 80, 60, 1, 40, 5, 90, 60, 0, 20, 20, 100, 100, 1, 300, 0, 60, 50, 0,
        ];
        return new Views(
            view.DetachFromDisposeScope(), plus.DetachFromDisposeScope(), new Roll[Batch], new Roll[Batch], [2, 0, 3, 1], [[], [], [], []])
        {
            UploadedBoxes = tensor(boxes, [2 * Batch, ViewBoxes.Numbers]).DetachFromDisposeScope(),
        };
    }

    /// <summary>Requires two states to be the same, bit for bit.</summary>
    protected static void AssertSame(TrainingSnapshot expected, TrainingSnapshot actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        Assert.Equal(expected.Counters, actual.Counters);
        Each.Holds(
            expected.Tensors, tensor => Assert.True(tensor.Values.AsSpan().SequenceEqual(actual.Find(tensor.Name)!.Values), tensor.Name));
    }
}
