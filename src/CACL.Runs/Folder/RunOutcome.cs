
namespace CACL.Runs.Folder;

/// <summary>How a run ended.</summary>
public enum RunEnd
{
    /// <summary>All steps were done.</summary>
    Completed,

    /// <summary>Somebody stopped it; the state was saved.</summary>
    Stopped,

    /// <summary>It could not continue.</summary>
    Failed,
}

/// <summary>The outcome of a run, for those who started it.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Checkpoint">The newest good checkpoint, or null.</param>
/// <param name="Message">A sentence for people: the cause and what to do, where it failed.</param>
/// <param name="Fault">The exception behind a failure, or null.</param>
public sealed record RunOutcome(RunEnd End, long Step, string? Checkpoint, string Message, Fault? Fault = null)
{
    /// <summary>Number of evaluations that were not made because the run was stopped; a resumed run makes them.</summary>
    public int EvaluationsLeft { get; init; }
}
