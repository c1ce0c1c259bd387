using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>What a trainer is told, and what it tells its supervisor beside <see cref="LoopReport"/>.</summary>
internal static class TrainerProtocol
{
    /// <summary>Asks for <see cref="Status"/>.</summary>
    internal sealed record GetStatus : IRunMessage;

    /// <summary>How the training stands.</summary>
    internal sealed record Status(long Step, LoopPhase Phase, StepMetrics? Last) : IRunMessage;

    /// <summary>End after the step that runs.</summary>
    internal sealed record Stop : IRunMessage;

    /// <summary>The training is over whatever the loop does: as <see cref="Stop"/>, and its steps are not watched any more.</summary>
    internal sealed record Leave : IRunMessage;

    /// <summary>To the parent: the loop's thread ends, and nothing of the engine is left.</summary>
    /// <param name="Trainer">Name of the trainer whose loop it was.</param>
    /// <param name="Fault">What went wrong while the engine was given up, or null.</param>
    internal sealed record LoopGone(string Trainer, Fault? Fault) : IRunMessage;

    /// <summary>The snapshot is written or given up: its memory can be used for another.</summary>
    internal sealed record SnapshotReleased(SnapshotTicket Snapshot, bool Lost) : IRunMessage;

    /// <summary>Make snapshots by this schedule from now on.</summary>
    internal sealed record Follow(CheckpointSchedule Schedule) : IRunMessage;

    /// <summary>Hold the loop before its next step.</summary>
    internal sealed record Pause(PauseReason Reason) : IRunMessage;

    /// <summary>That reason to hold it is gone.</summary>
    internal sealed record Resume(PauseReason Reason) : IRunMessage;

    /// <summary>To the parent: these reasons hold the loop from now on.</summary>
    internal sealed record Held(PauseReason Reasons) : IRunMessage;

    /// <summary>To the parent: no step was finished within the watchdog's time.</summary>
    internal sealed record Stalled(string Message) : IRunMessage;
}
