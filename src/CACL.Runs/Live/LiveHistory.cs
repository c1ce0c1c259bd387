namespace CACL.Runs.Live;

/// <summary>What a run's steps were, or will be, computed with: its settings and what its control.jsonl says.</summary>
public static class LiveHistory
{
    /// <summary>Reads it.</summary>
    /// <param name="configured">The settings that the run was started with.</param>
    /// <param name="runDirectory">The run folder.</param>
    /// <returns>The live settings of a step, counted from 0.</returns>
    /// <exception cref="ControlJournalException">The journal cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Func<long, LiveSettings> Read(LiveSettings configured, string runDirectory)
    {
        ArgumentNullException.ThrowIfNull(configured);
        return new LiveControl(configured, new ControlJournal(runDirectory, configured.LossWeights), 0, long.MaxValue, TimeProvider.System)
            .Of;
    }
}
