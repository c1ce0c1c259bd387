namespace CACL.Actors.Contracts;

/// <summary>Messages that the checkpoint actor receives, and its answers to the supervisor.</summary>
internal static class CheckpointProtocol
{
    /// <summary>Asks the actor to write this snapshot. It answers its parent with <see cref="Saved"/> or <see cref="GivenUp"/>.</summary>
    /// <param name="Snapshot">The snapshot.</param>
    /// <param name="IsRepeated">Whether the actor sent this to itself because it was restarted while it handled this snapshot. Any other
    /// snapshot that it received meanwhile is newer.</param>
    internal sealed record Save(SnapshotTicket Snapshot, bool IsRepeated = false) : IRunMessage;

    /// <summary>
    /// Announces that the run is to end: a snapshot that waits for its next attempt is written at once, with at most <see
    /// cref="RunOptions.CheckpointAttempts"/> further attempts.
    /// </summary>
    internal sealed record Hurry : IRunMessage;

    /// <summary>Reports that the checkpoint is on disk; its snapshot is no longer needed.</summary>
    internal sealed record Saved(SnapshotTicket Snapshot, string Path) : IRunMessage;

    /// <summary>Reports that writing failed and will be tried again.</summary>
    internal sealed record Delayed(long Step, string Cause) : IRunMessage;

    /// <summary>Reports that the checkpoint was not written; its snapshot is no longer needed.</summary>
    internal sealed record GivenUp(SnapshotTicket Snapshot, string Cause) : IRunMessage;
}
