namespace CACL.Actors.Contracts;

/// <summary>
/// Identifies a snapshot of the training's state, which stays on the shelf of the training process: messages carry only this ticket.
/// </summary>
/// <param name="Id">The snapshot's number on the shelf.</param>
/// <param name="Step">Steps that the training had done by then.</param>
/// <param name="SkippedSteps">Steps that were skipped because their losses were not finite, in ascending order.</param>
/// <param name="Final">Whether this is the last snapshot of the loop.</param>
internal sealed record SnapshotTicket(long Id, long Step, IReadOnlyList<long> SkippedSteps, bool Final);
