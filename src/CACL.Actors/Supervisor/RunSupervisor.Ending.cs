using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>Ends a run: it waits for what is being saved, and reports the outcome once.</summary>
internal sealed partial class RunSupervisor
{
    private static readonly TimeSpan SaveTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LastWordTime = TimeSpan.FromSeconds(5);

    private void ReceiveAboutSaving()
    {
        Receive<SaveTimeOver>(_ => _saves.GoOn());
        Receive<CheckpointProtocol.Saved>(Saved);
        Receive<CheckpointProtocol.Delayed>(_ =>
        {
            Is(_checkpoints, ActorState.Waiting);
            _ahead?.GiveUp("a checkpoint cannot be written, and may need their space");
            if (_options.OnCheckpointFailure == OnCheckpointFailure.Pause)
                _trainer.Tell(new TrainerProtocol.Pause(PauseReason.Checkpoint));
        });
        Receive<CheckpointProtocol.GivenUp>(message =>
        {
            _parts.Instruments?.SaveFailed();
            if (message.Snapshot.Final || _ending.Outcome?.Step == message.Snapshot.Step)
                Fail(message.Snapshot.Step, $"The last state could not be saved: {message.Cause}", null);
            else Released(message.Snapshot, lost: true);
        });
    }

    /// <summary>
    /// Waits for the checkpoints that are being written before the next action, but not for ever: they become the last good ones.
    /// </summary>
    private void OnceSaved(Action next)
    {
        if (!_saves.Await(next)) return;
        _checkpoints.Tell(new CheckpointProtocol.Hurry());
        Timers.StartSingleTimer("save", new SaveTimeOver(), SaveTime);
    }

    private void Saved(CheckpointProtocol.Saved message)
    {
        var step = message.Snapshot.Step;
        _lastCheckpoint = message.Path;
        _restarts[Checkpoints].Clear();
        _parts.Instruments?.Saved(step, _parts.Clock.GetUtcNow());
        _status.Tell(new StatusProtocol.CheckpointSaved(new SavedCheckpoint(step, _parts.Clock.GetLocalNow(), message.Path)));
        _evaluator.Tell(new EvaluatorProtocol.CheckpointSaved(message.Path, step, _live.Current.EvaluateEverySteps));
        Released(message.Snapshot, lost: false);
    }

    private void Released(SnapshotTicket snapshot, bool lost)
    {
        var none = _saves.Done();
        Is(_checkpoints, ActorState.Idle);
        _trainer.Tell(new TrainerProtocol.SnapshotReleased(snapshot, lost));
        ResumeTraining(PauseReason.Checkpoint);
        if (!none) return;
        if (_ending.Outcome is not null) EndTraining();
        else _saves.GoOn();
    }

    private void StopGracefully(string reason)
    {
        _status.Tell(new StatusProtocol.Stopping());
        _ending.AskToStop(reason);
        if (_ending.TrainingIsOver)
        {
            if (_evaluationsEnd) _evaluator.Tell(new EvaluatorProtocol.Abandon());
            return;
        }

        _checkpoints.Tell(new CheckpointProtocol.Hurry());
        if (_ending.Outcome is null) _trainer.Tell(new TrainerProtocol.Stop());
    }

    /// <summary>Ends the run because its data gave out: the state is saved, then the run ends as failed.</summary>
    private void GiveUp(string message, Fault? cause, string? actor = null)
    {
        if (!_ending.DataGivesOut(message, cause)) return;
        Announce(new SupervisionDecision(actor ?? _decoders.PathInRun(), $"cannot go on: {message}", "save and end the run")
        {
            Verdict = SupervisionVerdict.RunEnds,
            IsGrave = true,
        });
        StopGracefully(message);
    }

    private void Fail(long step, string message, Fault? cause)
    {
        if (_ending.Fail(step, message, cause)) EndTraining();
    }

    private void EndTraining()
    {
        if (!_ending.EndTraining()) return;
        _saves.Forget(); // this replaces any waiting action
        _status.Tell(new StatusProtocol.TrainingOver());
        OnceGone(EndEvaluations);
    }

    private void Complete(int evaluationsLeft)
    {
        if (_ending.Tell(_lastCheckpoint, evaluationsLeft) is not { } outcome) return;
        _status.Tell(new StatusProtocol.ActorIs(Name, ActorState.Stopped));
        _status.Tell(new StatusProtocol.DecodersAre(0, 0));
        _parts.Instruments?.DecodersAre(0);
        _status.Tell(new StatusProtocol.RunOver(outcome));
        // The caller learns of the end when the metrics and the status sent before can be read, or when their actors cannot be asked.
        Task.WhenAll(
                Answered<TelemetryProtocol.Flushed>(_telemetry, new TelemetryProtocol.Flush()),
                Answered<StatusProtocol.Published>(_status, new StatusProtocol.Publish()))
            .ContinueWith(_ => _completion.TrySetResult(outcome), TaskScheduler.Default);
    }

    private static Task Answered<T>(IActorRef actor, IRunMessage question) =>
        actor.IsNobody() ? Task.CompletedTask : actor.Ask<T>(question, LastWordTime);

    /// <summary>Tells itself that the time limit for checkpoints that are being written has passed.</summary>
    internal sealed record SaveTimeOver : INoSerializationVerificationNeeded;
}
