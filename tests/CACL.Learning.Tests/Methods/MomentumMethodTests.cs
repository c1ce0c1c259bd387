using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods;

/// <summary>
/// Tests what methods with a key network share, with the smallest one that is not CACL: a predictor, a normalised projector, no queue.
/// </summary>
public sealed class MomentumMethodTests
{
    private const int Batch = 4;
    private const int Side = 16;

    private static readonly HeadSpec Projector = new("projector", 32, 16) { Normalisation = HeadNormalisation.Batch };
    private static readonly HeadSpec Predictor = new("predictor", 8, 16) { Input = 16, Normalisation = HeadNormalisation.Batch };
    private static readonly MetricSpec Loss = new("loss_prediction", MetricKind.Loss, "predictor", "prediction", "prediction");
    private static readonly Settings Options = new() { Seed = 3, EmaWeight = 0.5, EmaWeightGrows = true, BatchNormSplits = 1 };

    [Fact]
    public void The_key_network_follows_all_that_it_has_and_lacks_the_predictor()
    {
        using var method = new Small(Options);
        using var views = SomeViews(1);
        var before = method.Snapshot();
        Assert.DoesNotContain(before.Tensors, t => t.Name.StartsWith("key.head_predictor", StringComparison.Ordinal));
        Assert.Equal(before.Find("query.head_projector.3.weight")!.Values, before.Find("key.head_projector.3.weight")!.Values);

        method.Step(views, new(0.1));
        var between = method.Snapshot();
        method.Step(views, new(0.1) { Progress = 0.5 });
        var after = method.Snapshot();

        // The momentum grows from 0.5 to 1 along half a cosine: halfway it is 0.75.
        foreach (var name in new[] { "bn1.weight", "layer4.1.bn2.bias", "head_projector.3.weight", "head_projector.3.bias" })
        {
            var expected = between.Find($"key.{name}")!.Values.Zip(
                between.Find($"query.{name}")!.Values, (key, query) => (0.75f * key) + (0.25f * query));
            Assert.Equal(expected, after.Find($"key.{name}")!.Values, (a, b) => Math.Abs(a - b) < 1e-6);
        }

        Assert.NotEqual(between.Find("query.head_predictor.0.weight")!.Values, after.Find("query.head_predictor.0.weight")!.Values);
        Assert.NotEqual(before.Find("key.head_projector.1.running_mean")!.Values, after.Find("key.head_projector.1.running_mean")!.Values);
    }

    [Fact]
    public void It_goes_on_from_a_checkpoint_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        using var views = SomeViews(1);
        using var method = new Small(Options);
        method.Step(views, new(0.1));
        var description = Options.Describe();
        var path = new CheckpointStore(folder.File("checkpoints"), keep: 1).Save(
            new CheckpointState
            {
                Step = 1,
                Epoch = 0,
                Position = 4,
                Seed = 3,
                Architecture = description.Architecture,
                Files = description.CheckpointFiles,
                Settings = new Dictionary<string, string>(),
            },
            method.Snapshot(),
            TestContext.Current.CancellationToken);
        var expected = method.Step(views, new(0.2));

        using var other = new Small(Options with { Seed = 9 });
        other.Restore(CheckpointStore.Load(path).Snapshot);
        Assert.Equal(expected, other.Step(views, new(0.2)));
        AssertSame(method.Snapshot(), other.Snapshot());
        Assert.Equal([Projector, Predictor], BackboneFile.Find(path).Heads);
    }

    [Fact]
    public void A_step_that_is_given_up_changes_nothing_and_moves_the_key_network_once()
    {
        using var bad = SomeViews(1);
        using (no_grad()) bad.View.fill_(double.NaN);
        using var good = SomeViews(2);
        using var method = new Small(Options);
        using var untouched = new Small(Options);
        Assert.False(method.Step(bad, new(0.1)).IsFinite);
        Assert.Equal(untouched.Step(good, new(0.1)), method.Step(good, new(0.1)));
        AssertSame(untouched.Snapshot(), method.Snapshot());
    }

    [Fact]
    public void Weights_to_start_from_enter_both_networks()
    {
        using var donor = new Small(Options with { Seed = 8 });
        using var method = new Small(Options);
        var before = donor.Snapshot();
        var weights = before.Tensors.Where(
            t => t.Name.StartsWith("query.", StringComparison.Ordinal) && !t.Name.Contains("predictor", StringComparison.Ordinal))
            .Select(t => t with { Name = t.Name["query.".Length..] });
        var kept = method.InitialiseFrom(weights);
        Each.Holds(kept, name => Assert.StartsWith("head_predictor.", name, StringComparison.Ordinal));
        var after = method.Snapshot();
        Assert.Equal(before.Find("query.head_projector.3.weight")!.Values, after.Find("key.head_projector.3.weight")!.Values);
        Assert.Equal(before.Find("query.conv1.weight")!.Values, after.Find("query.conv1.weight")!.Values);
    }

    [Fact]
    public void A_key_network_with_other_heads_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Small(Options, Predictor).Dispose());

    private static void AssertSame(TrainingSnapshot expected, TrainingSnapshot actual)
    {
        Assert.Equal(expected.Counters, actual.Counters);
        Each.Holds(
            expected.Tensors, tensor => Assert.True(tensor.Values.AsSpan().SequenceEqual(actual.Find(tensor.Name)!.Values), tensor.Name));
    }

    private static Views SomeViews(int seed)
    {
        using var generator = new Generator((ulong)seed);
        return new Views(
            randn([Batch, 3, Side, Side], generator: generator), randn([Batch, 3, Side, Side], generator: generator),
            new Roll[Batch], new Roll[Batch], [2, 0, 3, 1], [[], [], [], []]);
    }

    private sealed record Settings : MomentumOptions
    {
        public override IReadOnlyList<HeadSpec> HeadSpecs => [Projector, Predictor];

        public override MethodDescription Describe() => new()
        {
            Architecture = new CheckpointArchitecture("resnet18", "projector,predictor", QueueSize: 0, Dimension: 16, "zeros"),
            CheckpointFiles = MomentumMethod.CheckpointFiles,
            Heads = ["projector", "predictor"],
            Metrics = [Loss],
            LossWeights = new LossWeights(new LossWeight("predictor", 1)),
        };

        public override IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false) => new Small(this);
    }

    private sealed class Small(Settings options, HeadSpec? keyHead = null)
        : MomentumMethod(options, [keyHead ?? Projector], "the smallest method", CPU, Precision.Fp32)
    {
        private protected override StepFigures Compute(StepInputs inputs)
        {
            var statistics = KeepStatistics();
            UpdateKey(inputs);
            Tensor target;
            using (no_grad()) target = Projected(Key, inputs.ViewPlus);
            var prediction = Head.Forward(Projected(Online, inputs.View), Online, Predictor, training: true);
            var losses = new StepLosses();
            losses.Add(Loss, nn.functional.cosine_similarity(prediction, target, 1).mul(-2).add(2).mean());
            return Descend(losses, inputs, statistics);
        }

        private static Tensor Projected(NetworkWeights network, Tensor view) =>
            Head.Forward(new ResNet(network).Forward(view, training: true).mean([2, 3]), network, Projector, training: true);
    }
}
