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
        foreach (var (spec, spread) in step.Result.Metrics.Where(metric => IsWatched(metric.Spec, step.Result)))
        {
            if (!Collapse.Is(spread))
            {
                _since.Remove(spec.Head);
                continue;
            }

            // After a roll-back, steps come again.
            if (!_since.TryGetValue(spec.Head, out var since) || since > step.Step) _since[spec.Head] = since = step.Step;
            if (step.Step - since + 1 < Steps || !_told.Add(spec.Head)) continue;
            found.Add(new CollapsedHead(
                spec.Head, since, spread, What(spec, step.Result), method.OnCollapse.FirstOrDefault(advice => advice.Head == spec.Head)));
        }

        return found;
    }

    // A head is watched by its pixels. One that sees only whole frames has none; it is watched by its frames.
    private static bool IsWatched(MetricSpec spec, StepResult result) =>
        spec.Kind == MetricKind.Spread || (spec.Kind == MetricKind.FrameSpread && Find(result, MetricKind.Spread, spec.Head) is null);

    private static Alike What(MetricSpec spec, StepResult result)
    {
        if (spec.Kind == MetricKind.FrameSpread) return Alike.Frames;
        return Find(result, MetricKind.FrameSpread, spec.Head) is { } frames && Collapse.Is(frames)
            ? Alike.PixelsOfAllFrames
            : Alike.PixelsOfAFrame;
    }

    private static double? Find(StepResult result, MetricKind kind, string head)
    {
        foreach (var metric in result.Metrics)
        {
            if (metric.Spec.Kind == kind && metric.Spec.Head == head) return metric.Value;
        }

        return null;
    }
}

/// <summary>What a collapsed head gives nearly the same vector.</summary>
public enum Alike
{
    /// <summary>All pixels of a frame, while frames differ.</summary>
    PixelsOfAFrame,

    /// <summary>All pixels of all frames.</summary>
    PixelsOfAllFrames,

    /// <summary>All frames, of which the head sees no single pixels.</summary>
    Frames,
}

/// <summary>A head that has collapsed.</summary>
/// <param name="Head">The head.</param>
/// <param name="Since">The first of the steps in a row, counted from 1, in which it was collapsed, of those watched.</param>
/// <param name="Spread">The spread of what is alike, in the last of them.</param>
/// <param name="Alike">What is alike.</param>
/// <param name="Advice">What the method says about it; null: nothing.</param>
public sealed record CollapsedHead(string Head, long Since, double Spread, Alike Alike, CollapseAdvice? Advice)
{
    /// <summary>Which head, and since when: a sentence's end, "… the cycle head has collapsed: …".</summary>
    public string What => string.Create(
        CultureInfo.InvariantCulture,
        $"the {Head} head has collapsed: since step {Since} it gives {Whom} nearly the same vector (spread {Spread:0.0000}; collapsed "
            + $"is below {Collapse.Spread})");

    /// <summary>What it means for the run, and what to try.</summary>
    public string Consequence => Advice is null
        ? "the training goes on"
        : $"the training goes on, but {Advice.Meaning}; for a new run, try {Advice.Remedy}";

    private string Whom => Alike switch
    {
        Alike.Frames => "all frames",
        Alike.PixelsOfAllFrames => "all pixels of all frames",
        _ => "all pixels of a frame",
    };
}
