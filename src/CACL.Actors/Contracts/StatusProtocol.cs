using CACL.Runs.Folder;
using CACL.Runs.Live;

namespace CACL.Actors.Contracts;

/// <summary>What the status actor is told of, beside <see cref="LoopReport"/>, <see cref="TrainerProtocol.Held"/> and
/// <see cref="SupervisionDecision"/>.</summary>
internal static class StatusProtocol
{
    /// <summary>An actor was started.</summary>
    internal sealed record ActorStarted(string Path, string Kind, ActorState State = ActorState.Idle) : IRunMessage;

    /// <summary>Another actor takes the place of one that failed, and its history.</summary>
    internal sealed record ActorReplaced(string Path, string By, string Decision, ActorState State) : IRunMessage;

    /// <summary>An actor does something else from now on.</summary>
    internal sealed record ActorIs(string Path, ActorState State) : IRunMessage;

    /// <summary>An actor and all below it are no more.</summary>
    internal sealed record ActorGone(string Path) : IRunMessage;

    /// <summary>A training begins after so many steps: at the start, and after a roll-back.</summary>
    internal sealed record Launched(long Step) : IRunMessage;

    /// <summary>The stream finished a batch.</summary>
    /// <param name="Count">Finished batches that wait for the training, this one included.</param>
    internal sealed record BatchesWaiting(int Count) : IRunMessage;

    /// <summary>So many decoders are alive, and so many of them decode.</summary>
    internal sealed record DecodersAre(int Alive, int Busy) : IRunMessage;

    /// <summary>So many videos cannot be used, those that the scan found included.</summary>
    internal sealed record BadVideos(int Count) : IRunMessage;

    /// <summary>The live settings of the next step, and what the journal holds for later ones.</summary>
    internal sealed record SettingsAre(LiveSettings Now, IReadOnlyList<JournaledChange> Ahead) : IRunMessage;

    /// <summary>A checkpoint is on the disk.</summary>
    internal sealed record CheckpointSaved(SavedCheckpoint Checkpoint) : IRunMessage;

    /// <summary>The run was asked to end.</summary>
    internal sealed record Stopping : IRunMessage;

    /// <summary>The training is over; evaluations may still be made.</summary>
    internal sealed record TrainingOver : IRunMessage;

    /// <summary>Everything is over.</summary>
    internal sealed record RunOver(RunOutcome Outcome) : IRunMessage;

    /// <summary>Answered by <see cref="Published"/> once everything told before can be read.</summary>
    internal sealed record Publish : IRunMessage;

    /// <summary>See <see cref="Publish"/>.</summary>
    internal sealed record Published : IRunMessage;
}
