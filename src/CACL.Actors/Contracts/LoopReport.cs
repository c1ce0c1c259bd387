using CACL.Learning.Methods;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>A report from the training loop to its actor, which passes it on to the supervisor.</summary>
internal abstract record LoopReport : IRunMessage
{
    /// <summary>Reports that the state is ready and the loop waits for its first batch.</summary>
    internal sealed record Ready : LoopReport;

    /// <summary>Reports that the loop has entered another phase.</summary>
    internal sealed record PhaseIs(LoopPhase Phase) : LoopReport;

    /// <summary>Reports that the loop took a batch out of the stream's channel.</summary>
    /// <param name="BatchesWaiting">Finished batches that still wait there.</param>
    internal sealed record TookBatch(int BatchesWaiting) : LoopReport;

    /// <summary>Reports that a step is done. The supervisor passes this on to telemetry and the evaluator.</summary>
    internal sealed record Stepped(StepMetrics Metrics) : LoopReport;

    /// <summary>Reports that a snapshot of the state is on the shelf.</summary>
    internal sealed record SnapshotTaken(SnapshotTicket Snapshot) : LoopReport;

    /// <summary>Reports that the losses of the step after <paramref name="Step"/> steps are not finite; the step changed nothing.</summary>
    internal sealed record NotFinite(long Step, StepResult Result, IReadOnlyList<string> Videos, bool GoesOn) : LoopReport;

    /// <summary>
    /// Reports that another rank is lost, without which no step can be taken: the loop saves its state, which is that after <paramref
    /// name="Step"/> steps, and ends.
    /// </summary>
    internal sealed record RankLost(long Step, string Message) : LoopReport;

    /// <summary>Reports that the loop ended normally.</summary>
    internal sealed record Ended(long Step, bool AllDone) : LoopReport;

    /// <summary>Reports that the loop ended with an exception.</summary>
    internal sealed record Crashed(long Step, Fault Cause) : LoopReport;
}
