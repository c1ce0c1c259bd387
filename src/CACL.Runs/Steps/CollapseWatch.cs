using System.Globalization;
using CACL.Learning.Methods;

namespace CACL.Runs.Steps;

/// <summary>
/// Decides when a head has been collapsed for so long that people should hear of it: in each of <see cref="Steps"/> steps in a row. Of each
/// head, it tells once.
/// </summary>
/// <param name="method">The method, with its advice.</param>
public sealed class CollapseWatch(MethodDescription method)
{
    /// <summary>Steps in a row for which a head must have been collapsed.</summary>
    public const int Steps = 100;

    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Observes a finished step; returns the heads of which people should now hear, mostly none.</summary>
    public IReadOnlyList<CollapsedHead> Observe(StepMetrics step)
    {
        ArgumentNullException.ThrowIfNull(step);
        List<CollapsedHead> found = [];
        foreach (var (spec, spread) in step.Result.Metrics)
        {
            if (spec.Kind != MetricKind.Spread) continue;
            if (!Collapse.Is(spread))
            {
                _since.Remove(spec.Head);
                continue;
            }

            // After a roll-back, steps come again.
            if (!_since.TryGetValue(spec.Head, out var since) || since > step.Step) _since[spec.Head] = since = step.Step;
            if (step.Step - since + 1 < Steps || !_told.Add(spec.Head)) continue;
            var frames = step.Result.Metrics.Where(m => m.Spec.Kind == MetricKind.FrameSpread && m.Spec.Head == spec.Head);
            found.Add(new CollapsedHead(
                spec.Head, since, spread, frames.Any(metric => Collapse.Is(metric.Value)),
                method.OnCollapse.FirstOrDefault(advice => advice.Head == spec.Head)));
        }

        return found;
    }
}

/// <summary>A head that has collapsed.</summary>
/// <param name="Head">The head.</param>
/// <param name="Since">The first of the steps in a row, counted from 1, in which it was collapsed, of those watched.</param>
/// <param name="Spread">The spread of a frame's pixels in the last of them.</param>
/// <param name="FramesToo">Whether the frames, too, are all nearly the same under it.</param>
/// <param name="Advice">What the method says about it; null: nothing.</param>
public sealed record CollapsedHead(string Head, long Since, double Spread, bool FramesToo, CollapseAdvice? Advice)
{
    /// <summary>Which head, and since when: a sentence's end, "… the cycle head has collapsed: …".</summary>
    public string What => string.Create(
        CultureInfo.InvariantCulture,
        $"the {Head} head has collapsed: since step {Since} it gives all pixels of {(FramesToo ? "all frames" : "a frame")} nearly the "
            + $"same vector (spread {Spread:0.0000}; collapsed is below {Collapse.Spread})");

    /// <summary>What it means for the run, and what to try.</summary>
    public string Consequence => Advice is null
        ? "the training goes on"
        : $"the training goes on, but {Advice.Meaning}; for a new run, try {Advice.Remedy}";
}
