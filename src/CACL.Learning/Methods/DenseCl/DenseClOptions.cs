using CACL.Data.Wording;
using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.DenseCl;

/// <summary>Settings of DenseCL (Wang et al., 2021). Defaults are its own.</summary>
public sealed record DenseClOptions : MomentumOptions
{
    /// <summary>The method's word in settings and checkpoints.</summary>
    public const string Word = "densecl";

    private const string Global = "global";
    private const string Dense = "dense";
    private const int Width = 128;

    /// <summary>Creates settings with the method's own optimiser: SGD with weight decay on every parameter.</summary>
    public DenseClOptions() => Optimiser = new OptimiserOptions { Kind = OptimiserKind.Sgd, WeightDecay = 1e-4, AdaptVectors = true };

    /// <summary>Rows K of each of the two queues.</summary>
    public int QueueSize { get; init; } = 65536;

    /// <summary>Rows K of the frames' queue; null: <see cref="QueueSize"/>.</summary>
    public int? GlobalQueueSize { get; init; }

    /// <summary>Temperature τ of both softmaxes.</summary>
    public double Temperature { get; init; } = 0.2;

    /// <summary>Weights of the losses: 1 − λ and λ, with λ = 0.5.</summary>
    public LossWeights LossWeights { get; init; } = Weights(0.5);

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSpec> HeadSpecs => [GlobalProjector, DenseProjector];

    /// <summary>The projector of a frame's mean: C → C, ReLU, C → 128.</summary>
    internal HeadSpec GlobalProjector => new(Global, NetworkShapes.Channels(Backbone), Width);

    /// <summary>The projector of each position: likewise.</summary>
    internal HeadSpec DenseProjector => new(Dense, NetworkShapes.Channels(Backbone), Width);

    /// <summary>InfoNCE of frames, nats.</summary>
    internal MetricSpec LossGlobal => new("loss_global", MetricKind.Loss, Global, Global, Global) { Chance = Uniform(FrameRows) };

    /// <summary>InfoNCE of positions, nats.</summary>
    internal MetricSpec LossDense => new("loss_dense", MetricKind.Loss, Dense, Dense, Dense) { Chance = Uniform(QueueSize) };

    /// <summary>Share of frames whose positive beats all K negatives.</summary>
    internal MetricSpec Top1 => new("top1_global", MetricKind.Share, Global, "top-1", "own frame first among the queue")
    {
        Chance = new ChanceLevel(1 / (FrameRows + 1.0), "1/(K+1)"),
    };

    private int FrameRows => GlobalQueueSize ?? QueueSize;

    private static ChanceLevel Uniform(int rows) => new(Math.Log(rows + 1.0), "ln(K+1)");

    /// <summary>Returns the weights of the losses for a share λ of the dense one.</summary>
    public static LossWeights Weights(double dense) => new(new LossWeight(Global, 1 - dense), new LossWeight(Dense, dense));

    /// <inheritdoc/>
    public override IReadOnlyList<QueueSpec> Queues =>
    [
        new QueueSpec(Global, FrameRows, Width, QueueRows.OneAPair), new QueueSpec(Dense, QueueSize, Width, QueueRows.OneAPair),
    ];

    /// <inheritdoc/>
    public override MethodDescription Describe() => new()
    {
        Word = Word,
        Architecture = ArchitectureOf(Word, QueueSize, Width),
        CheckpointFiles = MomentumMethod.CheckpointFilesWithQueues,
        Heads = [Global, Dense],
        Metrics =
        [
            LossGlobal, LossDense, Top1, MetricSpec.SpreadOf(Dense), MetricSpec.FrameSpreadOf(Global), MetricSpec.FrameSpreadOf(Dense),
        ],
        LossWeights = LossWeights,
        Queues = Queues,
        OnCollapse =
        [
            FrameCollapse.OfQueue(Global),
            new CollapseAdvice(
                Dense, "the dense loss tells frames apart at most: it is a second global loss",
                $"larger crops ({SettingNames.CropSize}) or a lower {SettingNames.LearningRate}"),
        ],
    };

    /// <inheritdoc/>
    public override IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false) =>
        new DenseClMethod(this, device, precision, cudaGraph);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        foreach (var rows in new[] { FrameRows, QueueSize }.Distinct().Where(rows => rows < 1))
            yield return $"A queue of {rows} rows holds no negatives: give it at least one.";
        if (!(Temperature > 0)) yield return $"The temperature is {Temperature}: it must be above 0.";
    }
}
