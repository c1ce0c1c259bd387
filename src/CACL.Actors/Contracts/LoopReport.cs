using CACL.Learning.Methods;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>What the training loop tells its actor, which passes it on to the supervisor.</summary>
internal abstract record LoopReport : IRunMessage
{
    /// <summary>The state is in place, the first batch is awaited.</summary>
    internal sealed record Ready : LoopReport;

    /// <summary>The loop does something else from now on.</summary>
    internal sealed record PhaseIs(LoopPhase Phase) : LoopReport;

    /// <summary>The loop took a batch out of the stream's channel.</summary>
    /// <param name="BatchesWaiting">Finished batches that still wait there.</param>
    internal sealed record TookBatch(int BatchesWaiting) : LoopReport;

    /// <summary>A step is done. The supervisor tells telemetry and evaluator.</summary>
    internal sealed record Stepped(StepMetrics Metrics) : LoopReport;

    /// <summary>A snapshot of the state lies on the shelf.</summary>
    internal sealed record Copied(SnapshotTicket Snapshot) : LoopReport;

    /// <summary>The losses of the step after <paramref name="Step"/> steps are not finite; nothing was changed by it.</summary>
    internal sealed record NotFinite(long Step, StepResult Result, IReadOnlyList<string> Videos, bool GoesOn) : LoopReport;

    /// <summary>The loop has ended in order.</summary>
    internal sealed record Ended(long Step, bool AllDone) : LoopReport;

    /// <summary>The loop has ended by an exception.</summary>
    internal sealed record Crashed(long Step, Fault Cause) : LoopReport;
}
