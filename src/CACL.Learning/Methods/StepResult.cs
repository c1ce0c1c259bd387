namespace CACL.Learning.Methods;

/// <summary>The result of one training step. Two are equal if all their numbers are.</summary>
/// <param name="Loss">Weighted sum of the losses.</param>
/// <param name="Metrics">The method's metrics in its own order, without those of heads that are off.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
public sealed record StepResult(double Loss, IReadOnlyList<Metric> Metrics, double LearningRate)
{
    /// <summary>Whether every loss is a finite number.</summary>
    public bool IsFinite =>
        double.IsFinite(Loss) && Metrics.All(metric => metric.Spec.Kind != MetricKind.Loss || double.IsFinite(metric.Value));

    /// <summary>A metric by its name in metrics.jsonl; null if the step has none of that name.</summary>
    public double? this[string name]
    {
        get
        {
            foreach (var metric in Metrics)
            {
                if (metric.Spec.Name == name) return metric.Value;
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public bool Equals(StepResult? other) =>
        other is not null && Loss.Equals(other.Loss) && LearningRate.Equals(other.LearningRate) && Metrics.SequenceEqual(other.Metrics);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Loss, LearningRate, Metrics.Count);
}
