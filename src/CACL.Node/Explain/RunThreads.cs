using CACL.Runs.Folder;

namespace CACL.Node.Explain;

/// <summary>With how many threads a run's steps are to be computed: they come out the same to the bit only with as many as then.</summary>
/// <param name="run">The run folder.</param>
/// <param name="facts">Its run.json; null: an earlier version of the program wrote the folder.</param>
/// <param name="own">The run's own <c>cacl.training.threads</c>; 0: one a core of its machine.</param>
/// <param name="asked">The same setting as it is given now: another number than the run's own counts.</param>
internal sealed class RunThreads(string run, RunFacts? facts, int own, int asked)
{
    private readonly Lazy<int?> _log = new(() => OlderRunLog.Threads(run));

    /// <summary>The number for a step, counted from 1; 0: nobody tells, one a core.</summary>
    public int Of(long step)
    {
        if (asked > 0 && asked != own) return asked;
        if (facts?.StartOf(step) is { } start) return start.Threads;
        return own > 0 ? own : _log.Value ?? 0;
    }
}
