namespace CACL.Actors.Control;

/// <summary>What a run's steps were, or will be, computed with: its settings and what its control.jsonl says.</summary>
public static class LiveHistory
{
    /// <summary>Reads it.</summary>
    /// <param name="options">The run's settings, its folder among them.</param>
    /// <returns>The live settings of a step, counted from 0.</returns>
    /// <exception cref="ControlJournalException">The journal cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Func<long, LiveSettings> Read(RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new LiveControl(options.LiveSettings, new ControlJournal(options.Directory, options.Method.LossWeights), 0, long.MaxValue, TimeProvider.System).Of;
    }
}
