
namespace CACL.Learning.Methods;

/// <summary>What kind of figure a metric is.</summary>
public enum MetricKind
{
    /// <summary>A loss, mostly in nats; the weighted sum of the losses is what a step minimises.</summary>
    Loss,

    /// <summary>A share from 0 to 1, that is, an accuracy.</summary>
    Share,

    /// <summary>How far apart a frame's pixels are under a head: 1 − the mean cosine of two of them. 0: the head has collapsed.</summary>
    Spread,

    /// <summary>How far apart the batch's frames are under a head: 1 − the mean cosine of two of them.</summary>
    FrameSpread,

    /// <summary>The entropy of a loss's target, as a share of the uniform distribution's. 1: the target says nothing.</summary>
    TargetEntropy,
}

/// <summary>The value of a metric for a network that has learnt nothing.</summary>
/// <param name="Value">The number.</param>
/// <param name="Formula">The formula behind it, such as ln(K+1).</param>
public sealed record ChanceLevel(double Value, string Formula);

/// <summary>
/// A figure that a method's steps report, with the names by which others know it. Whatever shows, keeps or compares figures goes through
/// the method's list of these.
/// </summary>
/// <param name="Name">Its key in metrics.jsonl, such as loss_global.</param>
/// <param name="Kind">What kind of figure it is.</param>
/// <param name="Head">The head it belongs to, which labels its series and, for a loss, names its weight. Each head has at most one metric
/// of each kind.</param>
/// <param name="Word">Its name in a line of progress.</param>
/// <param name="Label">Its name in the legend of a chart.</param>
public sealed record MetricSpec(string Name, MetricKind Kind, string Head, string Word, string Label)
{
    /// <summary>Its value for a network that has learnt nothing; null if there is no single number.</summary>
    public ChanceLevel? Chance { get; init; }

    /// <summary>Returns the metric of how far apart a frame's pixels are under a head.</summary>
    public static MetricSpec SpreadOf(string head) => new($"spread_{head}", MetricKind.Spread, head, "spread", head);

    /// <summary>Returns the metric of how far apart the batch's frames are under a head.</summary>
    public static MetricSpec FrameSpreadOf(string head) => new($"frame_spread_{head}", MetricKind.FrameSpread, head, "frames", head);
}

/// <summary>A metric of one step.</summary>
/// <param name="Spec">The metric.</param>
/// <param name="Value">Its value.</param>
public readonly record struct Metric(MetricSpec Spec, double Value);
