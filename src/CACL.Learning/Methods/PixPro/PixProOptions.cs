using CACL.Data.Wording;
using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.PixPro;

/// <summary>Settings of PixPro (Xie et al., 2021). Defaults are its own.</summary>
public sealed record PixProOptions : MomentumOptions
{
    /// <summary>The method's word in settings and checkpoints.</summary>
    public const string Word = "pixpro";

    private const string Pixel = "pixel";
    private const int Width = 256;

    /// <summary>
    /// Creates settings with the method's own optimiser, LARS with the norm of gradient and decay together, its momentum, which grows from
    /// 0.99 to 1, and batch statistics over all views of one kind.
    /// </summary>
    public PixProOptions()
    {
        Optimiser = new OptimiserOptions { WeightDecay = 1e-5, Denominator = TrustDenominator.NormOfSum };
        (EmaWeight, EmaWeightGrows) = (0.99, true);
        BatchNormSplits = 1;
    }

    /// <summary>Channels between the projector's two layers; 0: as many as the backbone's output has.</summary>
    public int ProjectorHidden { get; init; } = 4096;

    /// <summary>The distance below which two cells' centres make a positive pair, in diagonals of the larger view's cells.</summary>
    public double Distance { get; init; } = 0.7;

    /// <summary>The exponent γ of the similarity by which positions propagate to each other.</summary>
    public double Sharpness { get; init; } = 2;

    /// <summary>Weights of the losses, of which there is one.</summary>
    public LossWeights LossWeights { get; init; } = new(new LossWeight(Pixel, 1));

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSpec> HeadSpecs => [Projector, Propagation];

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSpec> KeyHeadSpecs => [Projector];

    /// <summary>The projector of each position: C → 4096, batch normalisation, ReLU, 4096 → 256.</summary>
    internal HeadSpec Projector => new(Pixel, NetworkShapes.HiddenChannels(Backbone, ProjectorHidden), Width)
    {
        Normalisation = HeadNormalisation.Batch,
    };

    /// <summary>The propagation's transformation g of each position, a single layer; the network that follows has none.</summary>
    internal static HeadSpec Propagation => new("propagation", 0, Width) { Input = Width };

    /// <summary>−2 times the mean cosine of positive pairs, both ways summed: −4 at its lowest, 0 for vectors that are unrelated.</summary>
    internal static MetricSpec Loss => new("loss_pixel", MetricKind.Loss, Pixel, Pixel, Pixel);

    /// <summary>Share of samples whose two views have a positive pair.</summary>
    internal static MetricSpec Matched => new("matched_pixel", MetricKind.Share, Pixel, "matched", "pairs whose views share positions");

    /// <inheritdoc/>
    public override MethodDescription Describe() => new()
    {
        Word = Word,
        Architecture = ArchitectureOf(Word, queueSize: 0, Width),
        CheckpointFiles = MomentumMethod.CheckpointFiles,
        Heads = [Projector.Name, Propagation.Name],
        Metrics = [Loss, Matched, MetricSpec.SpreadOf(Pixel), MetricSpec.FrameSpreadOf(Pixel)],
        LossWeights = LossWeights,
        OnCollapse =
        [
            new CollapseAdvice(
                Pixel, "the pixel loss is at its lowest where all positions have the same vector, and teaches nothing then",
                $"larger crops ({SettingNames.CropSize}), a lower {SettingNames.LearningRate} or a longer {SettingNames.WarmupEpochs}"),
        ],
    };

    /// <inheritdoc/>
    public override IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false) =>
        new PixProMethod(this, device, precision, cudaGraph);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (ProjectorHidden < 0) yield return $"The projector cannot have {ProjectorHidden} hidden channels.";
        if (!(Distance > 0)) yield return $"The distance of positive pairs is {Distance}: it must be above 0.";
        if (!(Sharpness >= 1)) yield return $"The sharpness of the propagation is {Sharpness}: it must be at least 1.";
    }
}
