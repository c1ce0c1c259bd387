using System.Globalization;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Runs.Steps;

namespace CACL.Node.Explain;

/// <summary>Everything that is reported about a step.</summary>
/// <param name="Run">Run folder.</param>
/// <param name="Batch">Its batch.</param>
/// <param name="Videos">Number of samples in an epoch.</param>
/// <param name="Recorded">Its line of metrics.jsonl, or null.</param>
/// <param name="LastStep">The newest step with a line.</param>
/// <param name="Metrics">The metrics of the run's method.</param>
internal sealed record Explanation(
    string Run, RebuiltBatch Batch, int Videos, RecordedStep? Recorded, long LastStep, IReadOnlyList<MetricSpec> Metrics)
{
    private static readonly string[] Operations = ["brightness", "contrast", "saturation", "hue"];

    /// <summary>The step, counted from 1 as in metrics.jsonl.</summary>
    public long Step => Batch.Step + 1;

    /// <summary>A sentence on what the run folder says about the step.</summary>
    public string Story
    {
        get
        {
            if (Recorded is { } line)
            {
                var figures = Told().Where(name => line.Number(name) is not null)
                    .Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {line.Number(name)!.Value:G7}"));
                return $"Recorded: {string.Join(", ", figures)}.";
            }

            if (Step < LastStep) return "metrics.jsonl has no line of it: its losses were not finite and it was left out.";
            return Step == LastStep + 1
                ? "metrics.jsonl ends before it: the run ended there, or is computing it now."
                : $"The run has not reached it (its newest step is {LastStep}); this is the batch it will get.";
        }
    }

    private IEnumerable<string> Told() =>
        ["loss", .. Metrics.Where(metric => metric.Kind == MetricKind.Loss).Select(metric => metric.Name), "lr"];

    /// <summary>
    /// Returns the four operations of a view's colour jitter in the order in which they are applied; null without jitter.
    /// </summary>
    public static IReadOnlyList<string>? Order(ColourAugmentation plan) =>
        plan.Jitter ? [.. Enumerable.Range(0, 4).Select(place => Operations[plan.Order[place]])] : null;
}
