using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.MocoV2;

/// <summary>Settings of MoCo-v2 (Chen et al., 2020). Defaults are its own.</summary>
public sealed record MocoOptions : MomentumOptions
{
    /// <summary>The method's word in settings and checkpoints.</summary>
    public const string Word = "moco-v2";

    private const string Global = "global";

    /// <summary>Creates settings with the method's own optimiser: SGD with weight decay on every parameter.</summary>
    public MocoOptions() => Optimiser = new OptimiserOptions { Kind = OptimiserKind.Sgd, WeightDecay = 1e-4, AdaptVectors = true };

    /// <summary>Rows K of the queue.</summary>
    public int QueueSize { get; init; } = 65536;

    /// <summary>Temperature τ of the softmax.</summary>
    public double Temperature { get; init; } = 0.2;

    /// <summary>Weights of the losses, of which there is one.</summary>
    public LossWeights LossWeights { get; init; } = new(new LossWeight(Global, 1));

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSpec> HeadSpecs => [Projector];

    /// <summary>The projector of a frame's mean: C → C, ReLU, C → 128.</summary>
    internal HeadSpec Projector => new(Global, NetworkShapes.Channels(Backbone), 128);

    /// <summary>InfoNCE, nats.</summary>
    internal MetricSpec Loss =>
        new("loss_global", MetricKind.Loss, Global, Global, Global) { Chance = new(Math.Log(QueueSize + 1.0), "ln(K+1)") };

    /// <summary>Share of frames whose positive beats all K negatives.</summary>
    internal MetricSpec Top1 => new("top1_global", MetricKind.Share, Global, "top-1", "own frame first among the queue")
    {
        Chance = new ChanceLevel(1 / (QueueSize + 1.0), "1/(K+1)"),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<QueueSpec> Queues => [new QueueSpec(Global, QueueSize, Projector.Output, QueueRows.OneAPair)];

    /// <inheritdoc/>
    public override MethodDescription Describe() => new()
    {
        Word = Word,
        Architecture = ArchitectureOf(Word, QueueSize, Projector.Output),
        CheckpointFiles = MomentumMethod.CheckpointFilesWithQueues,
        Heads = [Global],
        Metrics = [Loss, Top1, MetricSpec.FrameSpreadOf(Global)],
        LossWeights = LossWeights,
        OnCollapse = [FrameCollapse.OfQueue(Global)],
        Queues = Queues,
    };

    /// <inheritdoc/>
    public override IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false) =>
        new MocoMethod(this, device, precision, cudaGraph);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (QueueSize < 1) yield return $"A queue of {QueueSize} rows holds no negatives: give it at least one.";
        if (!(Temperature > 0)) yield return $"The temperature is {Temperature}: it must be above 0.";
    }
}
