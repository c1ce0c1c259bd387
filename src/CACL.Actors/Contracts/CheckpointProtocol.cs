namespace CACL.Actors.Contracts;

/// <summary>What the checkpoint actor is told, and its answers to the supervisor.</summary>
internal static class CheckpointProtocol
{
    /// <summary>Write this state; answered to the parent by <see cref="Saved"/> or <see cref="GivenUp"/>.</summary>
    /// <param name="Snapshot">The state.</param>
    /// <param name="IsRepeated">Told to itself by an actor that failed over it: what it was told meanwhile is newer.</param>
    internal sealed record Save(SnapshotTicket Snapshot, bool IsRepeated = false) : IRunMessage;

    /// <summary>
    /// The run is asked to end: what waits for its next try is tried now, and no longer than <see cref="RunOptions.CheckpointAttempts"/>
    /// from now on.
    /// </summary>
    internal sealed record Hurry : IRunMessage;

    /// <summary>The checkpoint is on disk; its snapshot is not needed any more.</summary>
    internal sealed record Saved(SnapshotTicket Snapshot, string Path) : IRunMessage;

    /// <summary>Writing failed and is tried again later.</summary>
    internal sealed record Delayed(long Step, string Cause) : IRunMessage;

    /// <summary>The checkpoint was not written; its snapshot is not needed any more.</summary>
    internal sealed record GivenUp(SnapshotTicket Snapshot, string Cause) : IRunMessage;
}
