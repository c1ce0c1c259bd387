using System.Globalization;
using CACL.Learning.Methods;
using CACL.Runs.Folder;

namespace CACL.Runs.Steps;

/// <summary>
/// Decides when a head has been collapsed for so long that people should hear of it: in each of <see cref="Steps"/> steps in a row. Of each
/// head, it tells once. What is watched is what the method has advice for: a head's pixels, its frames, or both.
/// </summary>
/// <param name="method">The method, with its advice.</param>
public sealed class CollapseWatch(MethodDescription method)
{
    /// <summary>Steps in a row for which a head must have been collapsed.</summary>
    public const int Steps = 100;

    private readonly Dictionary<CollapseAdvice, long> _since = [];
    private readonly HashSet<CollapseAdvice> _told = [];

    /// <summary>Observes a finished step; returns the heads of which people should now hear, mostly none.</summary>
    public IReadOnlyList<CollapsedHead> Observe(StepMetrics step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Observe(step.Step, name => step.Result[name]);
    }

    /// <summary>
    /// Returns a watch that has seen the steps with which a run's figures end, so that it hears neither late nor again of a head that has
    /// collapsed. Earlier steps than the last <see cref="Steps"/> change nothing.
    /// </summary>
    /// <param name="method">The method, with its advice.</param>
    /// <param name="runDirectory">The run folder.</param>
    /// <param name="done">Steps that are done.</param>
    public static CollapseWatch After(MethodDescription method, string runDirectory, long done)
    {
        var watch = new CollapseWatch(method);
        try
        {
            foreach (var (step, line) in RecordedSteps.Read(runDirectory, done - Steps + 1, done).Lines.OrderBy(pair => pair.Key))
                watch.Observe(step, line.Number);
        }
        catch (RunFolderException)
        {
            // Whoever writes into that file says what is wrong with it.
        }

        return watch;
    }

    private List<CollapsedHead> Observe(long step, Func<string, double?> figure)
    {
        List<CollapsedHead> found = [];
        foreach (var advice in method.OnCollapse)
        {
            if (Spread(advice.By, advice.Head, figure) is not { } spread) continue;
            if (!(spread < Collapse.Limit(advice.By)))
            {
                _since.Remove(advice);
                continue;
            }

            // After a roll-back, steps come again.
            if (!_since.TryGetValue(advice, out var since) || since > step) _since[advice] = since = step;
            if (step - since + 1 < Steps || !_told.Add(advice)) continue;
            var alike = What(advice, figure);
            found.Add(new CollapsedHead(advice, since, spread, alike));
            // Who hears that all pixels of all frames are alike knows of the frames.
            if (alike == Alike.PixelsOfAllFrames) _told.UnionWith(method.OnCollapse.Where(other => other.Head == advice.Head));
        }

        return found;
    }

    private Alike What(CollapseAdvice advice, Func<string, double?> figure)
    {
        if (advice.By == MetricKind.FrameSpread) return Alike.Frames;
        return Spread(MetricKind.FrameSpread, advice.Head, figure) < Collapse.FrameSpread ? Alike.PixelsOfAllFrames : Alike.PixelsOfAFrame;
    }

    private double? Spread(MetricKind kind, string head, Func<string, double?> figure) =>
        method.Metrics.FirstOrDefault(metric => metric.Kind == kind && metric.Head == head) is { } metric ? figure(metric.Name) : null;
}

/// <summary>What a collapsed head gives nearly the same vector.</summary>
public enum Alike
{
    /// <summary>All pixels of a frame, while frames differ.</summary>
    PixelsOfAFrame,

    /// <summary>All pixels of all frames.</summary>
    PixelsOfAllFrames,

    /// <summary>All frames, which the head is there to tell apart.</summary>
    Frames,
}

/// <summary>A head that has collapsed.</summary>
/// <param name="Advice">What the method says about it.</param>
/// <param name="Since">The first of the steps in a row, counted from 1, in which it was collapsed, of those watched.</param>
/// <param name="Spread">The spread of what is alike, in the last of them.</param>
/// <param name="Alike">What is alike.</param>
public sealed record CollapsedHead(CollapseAdvice Advice, long Since, double Spread, Alike Alike)
{
    /// <summary>The head.</summary>
    public string Head => Advice.Head;

    /// <summary>Which head, and since when: a sentence's end, "… the cycle head has collapsed: …".</summary>
    public string What => string.Create(
        CultureInfo.InvariantCulture,
        $"the {Head} head has collapsed: since step {Since} it gives {Whom} nearly the same vector (spread {Spread:0.0000}; collapsed "
            + $"is below {Collapse.Limit(Advice.By)})");

    /// <summary>What it means for the run, and what to try.</summary>
    public string Consequence => $"the training goes on, but {Advice.Meaning}; for a new run, try {Advice.Remedy}";

    private string Whom => Alike switch
    {
        Alike.Frames => "all frames",
        Alike.PixelsOfAllFrames => "all pixels of all frames",
        _ => "all pixels of a frame",
    };
}
