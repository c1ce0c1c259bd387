using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.SimClr;

/// <summary>Settings of SimCLR (Chen et al., ICML 2020). Defaults are its own.</summary>
public sealed record SimClrOptions : MethodOptions
{
    /// <summary>The method's word in settings and checkpoints.</summary>
    public const string Word = "simclr";

    private const string Global = "global";

    /// <summary>
    /// Creates settings with the method's own optimiser, LARS as its public code has it, and with batch statistics over all views of a
    /// batch.
    /// </summary>
    public SimClrOptions()
    {
        BatchNormSplits = 1;
        Optimiser = new OptimiserOptions
        {
            WeightDecay = 1e-6,
            Denominator = TrustDenominator.NormOfSum,
            Epsilon = 0,
            RateInMomentum = true,
        };
    }

    /// <inheritdoc/>
    /// <remarks>A group of first views and one of second views: a group of both would not be one of the whole batch's.</remarks>
    public override int GroupsTogether => 2;

    /// <summary>Temperature τ of the softmax.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Channels between the projector's two layers; 0: as many as the backbone's output has.</summary>
    public int ProjectorHidden { get; init; }

    /// <summary>The normalisation between the projector's two layers.</summary>
    public HeadNormalisation ProjectorNormalisation { get; init; }

    /// <summary>Weights of the losses, of which there is one.</summary>
    public LossWeights LossWeights { get; init; } = new(new LossWeight(Global, 1));

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSpec> HeadSpecs => [Projector];

    /// <summary>Two: with a single pair there are no negatives.</summary>
    public override int SmallestBatch => 2;

    /// <summary>The projector of a view's mean: C → C, ReLU, C → 128.</summary>
    internal HeadSpec Projector =>
        new(Global, NetworkShapes.HiddenChannels(Backbone, ProjectorHidden), 128) { Normalisation = ProjectorNormalisation };

    /// <summary>NT-Xent, nats. Its chance level, ln(2B−1), depends on the batch.</summary>
    internal static MetricSpec Loss { get; } = new("loss_global", MetricKind.Loss, Global, Global, Global);

    /// <summary>Share of views whose positive beats all 2B − 2 negatives.</summary>
    internal static MetricSpec Top1 { get; } =
        new("top1_global", MetricKind.Share, Global, "top-1", "own frame first among the batch");

    /// <inheritdoc/>
    public override MethodDescription Describe() => new()
    {
        Word = Word,
        Architecture = ArchitectureOf(Word, queueSize: 0, Projector.Output),
        CheckpointFiles = NetworkMethod.CheckpointFiles,
        Heads = [Global],
        Metrics = [Loss, Top1, MetricSpec.FrameSpreadOf(Global)],
        LossWeights = LossWeights,
        OnCollapse = [FrameCollapse.OfContrast(Global)],
    };

    /// <inheritdoc/>
    public override IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false) =>
        new SimClrMethod(this, device, precision, cudaGraph);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (!(Temperature > 0)) yield return $"The temperature is {Temperature}: it must be above 0.";
        if (ProjectorHidden < 0) yield return $"The projector cannot have {ProjectorHidden} channels between its layers: give it some.";
    }
}
