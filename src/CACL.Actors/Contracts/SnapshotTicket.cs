namespace CACL.Actors.Contracts;

/// <summary>A snapshot of the training's state, which lies on the shelf of the process that trains. Messages carry the ticket only.</summary>
/// <param name="Id">Its number on the shelf.</param>
/// <param name="Step">Steps that the state has behind it.</param>
/// <param name="SkippedSteps">Steps that were left out because their losses were not finite, in order.</param>
/// <param name="Final">Whether the loop ended with it.</param>
internal sealed record SnapshotTicket(long Id, long Step, IReadOnlyList<long> SkippedSteps, bool Final);
