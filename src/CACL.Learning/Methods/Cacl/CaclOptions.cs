using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Cacl;

/// <summary>Which pixel of the second frame is the positive of a pixel of the first (equation 4).</summary>
public enum Positives
{
    /// <summary>The most similar one under the global head.</summary>
    GlobalHead,

    /// <summary>The one at the same position. Also used without a global head.</summary>
    SamePosition,
}

/// <summary>Where the average pooling of the global head takes place (METHOD.md §4).</summary>
public enum Pooling
{
    /// <summary>The head's output is averaged over positions.</summary>
    AfterHead,

    /// <summary>The head is applied to the mean of the backbone's output.</summary>
    BeforeHead,
}

/// <summary>All settings of METHOD.md §3 to §7 that decide what a training step computes. Defaults are the method's.</summary>
public sealed record CaclOptions : MomentumOptions
{
    /// <summary>Heads that are on.</summary>
    public Heads Heads { get; init; } = Heads.All;

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSpec> HeadSpecs => CaclHeads.Specs(Heads, Backbone);

    /// <summary>Rows K of each queue, unless its head has a size of its own.</summary>
    public int QueueSize { get; init; } = 16384;

    /// <summary>Rows of the global head's queue; null: <see cref="QueueSize"/>.</summary>
    public int? GlobalQueueSize { get; init; }

    /// <summary>Rows of the pixel head's queue; null: <see cref="QueueSize"/>.</summary>
    public int? PixelQueueSize { get; init; }

    /// <summary>Rows of the cycle head's queue; null: <see cref="QueueSize"/>.</summary>
    public int? CycleQueueSize { get; init; }

    /// <summary>Whether views are rolled and feature maps rolled back (equation 7).</summary>
    public bool SpatialRoll { get; init; } = true;

    /// <summary>
    /// Whether the cycle is soft (its target comes from the global head) or hard (the identity). Null: soft if and only if the global head
    /// is on. <see cref="CycleTarget"/> says more and, where it is set, decides.
    /// </summary>
    public bool? SoftCycle { get; init; }

    /// <summary>The cycle's target; null: soft or hard, as <see cref="SoftCycle"/> says.</summary>
    public CycleTarget? CycleTarget { get; init; }

    /// <summary>Temperature of the cycle's target; null: <see cref="Temperature"/>.</summary>
    public double? CycleTargetTemperature { get; init; }

    /// <summary>The frames whose pixels the cycle loss moves.</summary>
    public CycleGradient CycleGradient { get; init; } = CycleGradient.FirstFrame;

    /// <summary>
    /// When the cycle loss begins, and over how long it grows. Before, its weight is 0, its queue is filled and its metrics are reported.
    /// </summary>
    public LossRamp CycleRamp { get; init; }

    /// <summary>Positives of the pixel loss.</summary>
    public Positives Positives { get; init; } = Positives.GlobalHead;

    /// <summary>Where the average pooling of the global head takes place.</summary>
    public Pooling Pooling { get; init; } = Pooling.AfterHead;

    /// <summary>Temperature τ of every softmax.</summary>
    public double Temperature { get; init; } = 0.07;

    /// <summary>Weights of the three losses, equal by default [P].</summary>
    public LossWeights LossWeights { get; init; } = Weights(1, 1, 1);

    /// <summary>The cycle's target as it follows from all settings.</summary>
    public CycleTarget Target =>
        CycleTarget ?? (SoftCycle ?? Heads.HasFlag(Heads.Global) ? Cacl.CycleTarget.Soft : Cacl.CycleTarget.Hard);

    /// <summary>Whether the cycle's target comes from the global head.</summary>
    public bool UsesSoftCycle => Target is Cacl.CycleTarget.Soft or Cacl.CycleTarget.SoftSelf;

    /// <summary>Whether the cycle's target comes from the backbone's features.</summary>
    public bool UsesFeatures =>
        Heads.HasFlag(Heads.Cycle) && Target is Cacl.CycleTarget.Features or Cacl.CycleTarget.FeaturesSelf;

    /// <summary>Whether the query network sees the second frame, too.</summary>
    public bool EncodesBothFrames => Heads.HasFlag(Heads.Cycle) && CycleGradient == CycleGradient.BothFrames;

    /// <summary>Whether the global head finds the positives of pixels.</summary>
    public bool MatchesByGlobalHead => Positives == Positives.GlobalHead && Heads.HasFlag(Heads.Global);

    /// <summary>The metrics that a step reports.</summary>
    public CaclMetrics Metrics => new(this);

    /// <inheritdoc/>
    public override IReadOnlyList<QueueSpec> Queues =>
    [
        .. CaclHeads.Each(Heads).Select(head => new QueueSpec(
            CaclHeads.NameOf(head), QueueSizeOf(head), CaclHeads.Width,
            head == Heads.Global ? QueueRows.OneAPair : QueueRows.ChosenPixels)),
    ];

    /// <summary>Returns the number of rows of a head's queue.</summary>
    public int QueueSizeOf(Heads head) => head switch
    {
        Heads.Global => GlobalQueueSize,
        Heads.Pixel => PixelQueueSize,
        _ => CycleQueueSize,
    } ?? QueueSize;

    /// <summary>Returns the weights of the three losses.</summary>
    /// <param name="global">Weight of the global loss, equation 3.</param>
    /// <param name="pixel">Weight of the pixel loss, equation 4.</param>
    /// <param name="cycle">Weight of the cycle loss, equation 6 or the soft cycle.</param>
    public static LossWeights Weights(double global, double pixel, double cycle) => new(
        new LossWeight(CaclHeads.NameOf(Heads.Global), global), new LossWeight(CaclHeads.NameOf(Heads.Pixel), pixel),
        new LossWeight(CaclHeads.NameOf(Heads.Cycle), cycle));

    /// <inheritdoc/>
    public override MethodDescription Describe()
    {
        string[] heads = [.. CaclHeads.Each(Heads).Select(CaclHeads.NameOf)];
        return new MethodDescription
        {
            Architecture = ArchitectureOf(method: null, QueueSize, CaclHeads.Width),
            CheckpointFiles = MomentumMethod.CheckpointFilesWithQueues,
            Heads = heads,
            Metrics = Metrics.All,
            LossWeights = LossWeights,
            Queues = Queues,
            OnCollapse = CaclCollapse.Advice(this),
        };
    }

    /// <inheritdoc/>
    public override IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false) =>
        new CaclMethod(this, device, precision, cudaGraph);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (Heads == Heads.None) yield return "No head is on: turn on at least one of global, pixel and cycle.";
        if ((SoftCycle == true || UsesSoftCycle) && !Heads.HasFlag(Heads.Global))
            yield return "The soft cycle takes its target from the global head, which is off: turn the head on or the soft cycle off.";
        if (SoftCycle is { } soft && CycleTarget is { } target && soft != (target != Cacl.CycleTarget.Hard))
            yield return $"The cycle's target is {target}, but the soft cycle is {(soft ? "on" : "off")}: leave that to the target.";
        if (!(CycleTargetTemperature is null or > 0))
            yield return $"The temperature of the cycle's target is {CycleTargetTemperature}: it must be above 0.";
        foreach (var size in CaclHeads.Each(Heads).Select(QueueSizeOf).Append(QueueSize).Distinct().Where(size => size < 1))
            yield return $"A queue of {size} rows holds no negatives: give it at least one.";
        if (!(Temperature > 0)) yield return $"The temperature is {Temperature}: it must be above 0.";
    }
}
