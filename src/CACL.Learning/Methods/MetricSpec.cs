
namespace CACL.Learning.Methods;

/// <summary>What kind of figure a metric is.</summary>
public enum MetricKind
{
    /// <summary>A loss in nats; the weighted losses add up to what a step lowers.</summary>
    Loss,

    /// <summary>A share, 0 to 1: an accuracy.</summary>
    Share,
}

/// <summary>What a metric is for a network that knows nothing.</summary>
/// <param name="Value">The number.</param>
/// <param name="Formula">Where it comes from, such as ln(K+1).</param>
public sealed record ChanceLevel(double Value, string Formula);

/// <summary>
/// A figure that a method's steps report, by the names that others know it by. Whatever shows, keeps or compares figures goes through the
/// method's list of these.
/// </summary>
/// <param name="Name">Its key in metrics.jsonl, such as loss_global.</param>
/// <param name="Kind">What kind of figure it is.</param>
/// <param name="Head">The head it belongs to: the label of its series, and of a loss the name of its weight. One metric of each kind a
/// head.</param>
/// <param name="Word">What it is called in a line of progress.</param>
/// <param name="Label">What it is called in a figure's legend.</param>
public sealed record MetricSpec(string Name, MetricKind Kind, string Head, string Word, string Label)
{
    /// <summary>What it is for a network that knows nothing; null: that has no one number.</summary>
    public ChanceLevel? Chance { get; init; }
}

/// <summary>A metric of one step.</summary>
/// <param name="Spec">Which.</param>
/// <param name="Value">Its value.</param>
public readonly record struct Metric(MetricSpec Spec, double Value);
