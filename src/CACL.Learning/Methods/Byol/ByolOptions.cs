using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Byol;

/// <summary>Settings of BYOL (Grill et al., NeurIPS 2020). Defaults are its own.</summary>
public sealed record ByolOptions : MomentumOptions
{
    /// <summary>The method's word in settings and checkpoints.</summary>
    public const string Word = "byol";

    private const string Global = "global";

    // Length of a projection and of a prediction.
    private const int Width = 256;

    /// <summary>
    /// Creates settings with the method's own optimiser, LARS as its public code has it, its momentum, which grows to 1, and batch
    /// statistics over all views of one kind.
    /// </summary>
    public ByolOptions()
    {
        BatchNormSplits = 1;
        EmaWeight = 0.996;
        EmaWeightGrows = true;
        Optimiser = new OptimiserOptions { WeightDecay = 1.5e-6, Denominator = TrustDenominator.NormOfSum, Epsilon = 0 };
    }

    /// <summary>
    /// Channels between the two layers of the projector, and of the predictor; 0: as many as the backbone's output has.
    /// </summary>
    public int ProjectorHidden { get; init; } = 4096;

    /// <summary>Weights of the losses, of which there is one.</summary>
    public LossWeights LossWeights { get; init; } = new(new LossWeight(Global, 1));

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSpec> HeadSpecs => [Projector, Predictor];

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSpec> KeyHeadSpecs => [Projector];

    /// <summary>Two pairs a group: a head's batch normalisation sees a single row of each view.</summary>
    public override int SmallestBatch => 2 * BatchNormSplits;

    /// <summary>The projector of a view's mean: C → 4096, batch normalisation, ReLU, 4096 → 256. The target network has it, too.</summary>
    internal HeadSpec Projector =>
        new(Global, NetworkShapes.HiddenChannels(Backbone, ProjectorHidden), Width) { Normalisation = HeadNormalisation.Batch };

    /// <summary>The predictor of a projection: 256 → 4096, batch normalisation, ReLU, 4096 → 256. Of the online network alone.</summary>
    internal HeadSpec Predictor => Projector with { Name = "predictor", Input = Width };

    /// <summary>2 − 2 cos of prediction and target, both ways summed: from 0 to 8; 4 for vectors that have nothing in common.</summary>
    internal static MetricSpec Loss { get; } = new("loss_global", MetricKind.Loss, Global, Global, Global);

    /// <inheritdoc/>
    public override MethodDescription Describe() => new()
    {
        Word = Word,
        Architecture = ArchitectureOf(Word, queueSize: 0, Width),
        CheckpointFiles = MomentumMethod.CheckpointFiles,
        Heads = [.. HeadSpecs.Select(head => head.Name)],
        Metrics = [Loss, MetricSpec.FrameSpreadOf(Global)],
        LossWeights = LossWeights,
        OnCollapse = [FrameCollapse.OfPrediction(Global)],
    };

    /// <inheritdoc/>
    public override IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false) =>
        new ByolMethod(this, device, precision, cudaGraph);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (ProjectorHidden < 0) yield return $"The projector cannot have {ProjectorHidden} channels between its layers: give it some.";
    }
}
