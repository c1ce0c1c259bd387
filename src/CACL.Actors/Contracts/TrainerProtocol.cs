using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>Messages that a trainer receives, and those that it sends its supervisor in addition to <see cref="LoopReport"/>.</summary>
internal static class TrainerProtocol
{
    /// <summary>Asks for <see cref="Status"/>.</summary>
    internal sealed record GetStatus : IRunMessage;

    /// <summary>The state of the training.</summary>
    internal sealed record Status(long Step, LoopPhase Phase, StepMetrics? Last) : IRunMessage;

    /// <summary>Asks the loop to end after the current step.</summary>
    internal sealed record Stop : IRunMessage;

    /// <summary>Ends the training, whatever the loop does: as <see cref="Stop"/>, but the watchdog is switched off as well.</summary>
    internal sealed record Leave : IRunMessage;

    /// <summary>Tells the parent that the loop's thread has ended and its engine is disposed.</summary>
    /// <param name="Trainer">Name of the loop's trainer.</param>
    /// <param name="Fault">What went wrong while the engine was disposed, or null.</param>
    internal sealed record LoopGone(string Trainer, Fault? Fault) : IRunMessage;

    /// <summary>Reports that the snapshot was written or given up: its memory can be used again.</summary>
    internal sealed record SnapshotReleased(SnapshotTicket Snapshot, bool Lost) : IRunMessage;

    /// <summary>Sets the schedule of snapshots.</summary>
    internal sealed record Follow(CheckpointSchedule Schedule) : IRunMessage;

    /// <summary>Asks the loop to pause before its next step.</summary>
    internal sealed record Pause(PauseReason Reason) : IRunMessage;

    /// <summary>Revokes a reason to pause.</summary>
    internal sealed record Resume(PauseReason Reason) : IRunMessage;

    /// <summary>Tells the parent which reasons now pause the loop.</summary>
    internal sealed record PauseReasonsAre(PauseReason Reasons) : IRunMessage;

    /// <summary>Tells the parent that the watchdog's time has passed without a finished step.</summary>
    /// <param name="Message">A sentence that says what the loop does.</param>
    /// <param name="WaitsForData">Whether it waits for its next batch.</param>
    internal sealed record Stalled(string Message, bool WaitsForData = false) : IRunMessage;
}
