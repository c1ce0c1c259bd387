using CACL.Runs.Folder;
using CACL.Runs.Live;

namespace CACL.Actors.Contracts;

/// <summary>
/// Messages that the status actor receives in addition to <see cref="LoopReport"/>, <see cref="TrainerProtocol.PauseReasonsAre"/> and <see
/// cref="SupervisionDecision"/>.
/// </summary>
internal static class StatusProtocol
{
    /// <summary>Reports that an actor was started.</summary>
    internal sealed record ActorStarted(string Path, string Kind, ActorState State = ActorState.Idle) : IRunMessage;

    /// <summary>Reports that another actor replaces one that failed, and continues its history.</summary>
    internal sealed record ActorReplaced(string Path, string By, string Decision, ActorState State) : IRunMessage;

    /// <summary>Reports that an actor has entered another state.</summary>
    internal sealed record ActorIs(string Path, ActorState State) : IRunMessage;

    /// <summary>Reports that an actor and its descendants have stopped.</summary>
    internal sealed record ActorGone(string Path) : IRunMessage;

    /// <summary>Reports that a training starts from this step, at the start of the run or after a roll-back.</summary>
    internal sealed record Launched(long Step) : IRunMessage;

    /// <summary>Reports that the stream finished a batch.</summary>
    /// <param name="Count">Finished batches that wait for the training, this one included.</param>
    internal sealed record BatchesWaiting(int Count) : IRunMessage;

    /// <summary>Reports how many decoders are running, and how many of them are decoding.</summary>
    internal sealed record DecodersAre(int Alive, int Busy) : IRunMessage;

    /// <summary>Reports how many decoders are wanted.</summary>
    internal sealed record DecodersWanted(int Count) : IRunMessage;

    /// <summary>Reports how many videos cannot be used, including those that the scan found.</summary>
    internal sealed record BadVideos(int Count) : IRunMessage;

    /// <summary>Reports the live settings of the next step, and the journalled changes that take effect later.</summary>
    internal sealed record SettingsAre(LiveSettings Now, IReadOnlyList<JournaledChange> Ahead) : IRunMessage;

    /// <summary>Reports that a checkpoint is on disk.</summary>
    internal sealed record CheckpointSaved(SavedCheckpoint Checkpoint) : IRunMessage;

    /// <summary>Reports that the run was asked to end.</summary>
    internal sealed record Stopping : IRunMessage;

    /// <summary>Reports that the training has ended; evaluations may still be running.</summary>
    internal sealed record TrainingOver : IRunMessage;

    /// <summary>Reports that the run has ended.</summary>
    internal sealed record RunOver(RunOutcome Outcome) : IRunMessage;

    /// <summary>Asks for <see cref="Published"/>, which is sent once everything reported before can be read.</summary>
    internal sealed record Publish : IRunMessage;

    /// <summary>Answers <see cref="Publish"/>.</summary>
    internal sealed record Published : IRunMessage;
}
