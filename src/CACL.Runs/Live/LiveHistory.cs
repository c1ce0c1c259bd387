namespace CACL.Runs.Live;

/// <summary>
/// The settings with which a run's steps were, or will be, computed: its configuration and the changes in its control.jsonl.
/// </summary>
public static class LiveHistory
{
    /// <summary>Reads the history.</summary>
    /// <param name="configured">The settings that the run was started with.</param>
    /// <param name="runDirectory">The run folder.</param>
    /// <returns>A function that returns the live settings of a step, counted from 0.</returns>
    /// <exception cref="ControlJournalException">The journal cannot be understood.</exception>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public static Func<long, LiveSettings> Read(LiveSettings configured, string runDirectory)
    {
        ArgumentNullException.ThrowIfNull(configured);
        return new LiveControl(configured, new ControlJournal(runDirectory, configured.LossWeights), 0, long.MaxValue, TimeProvider.System)
            .Of;
    }
}
