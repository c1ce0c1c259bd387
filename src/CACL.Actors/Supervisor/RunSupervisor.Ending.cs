using Akka.Actor;
using Akka.Event;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Control;
using CACL.Actors.Evaluation;
using CACL.Actors.Loop;
using CACL.Actors.Telemetry;
using CACL.Actors.Training;
using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>How a run ends: what is being saved is waited for, the outcome is told once.</summary>
internal sealed partial class RunSupervisor
{
    private static readonly TimeSpan SaveTime = TimeSpan.FromSeconds(60);

    /// <summary>A checkpoint that is just being written is the last good one: what comes next waits for it, but not for ever.</summary>
    private void OnceSaved(Action next)
    {
        _onceSaved = next;
        if (_savesOutstanding == 0)
        {
            GoOn();
            return;
        }

        _checkpoints.Tell(new CheckpointActor.Hurry());
        Timers.StartSingleTimer("save", new WaitedLongEnough(), SaveTime);
    }

    private void GoOn()
    {
        var next = _onceSaved;
        _onceSaved = null;
        next?.Invoke();
    }

    private void StopGracefully(string reason)
    {
        _vitals.Stops();
        _stopReason ??= reason;
        if (_finished)
        {
            if (_evaluationsEnd) _evaluator.Tell(new EvaluatorActor.Abandon());
            return;
        }

        _checkpoints.Tell(new CheckpointActor.Hurry());
        if (_ending is null) _trainer.Tell(new TrainerActor.Stop());
    }

    /// <summary>The data cannot go on: what is trained so far is saved, then the run ends as failed.</summary>
    private void GiveUp(string message, Exception? cause)
    {
        if (_failure is not null) return;
        _log.Error("Supervision: {Message} Decision: save and end the run", message);
        _failure = new RunOutcome(RunEnd.Failed, 0, null, message, cause);
        StopGracefully(message);
    }

    private void End(LoopReport.Ended report)
    {
        _ending = _failure is not null ? _failure with { Step = report.Step }
            : report.AllDone ? new RunOutcome(RunEnd.Completed, report.Step, null, "All steps are done.")
            : _stopReason is { } reason ? new RunOutcome(RunEnd.Stopped, report.Step, null, reason)
            : new RunOutcome(RunEnd.Failed, report.Step, null, "The stream of batches ended before the last step.");
        if (_savesOutstanding == 0) Finish();
    }

    private void Released(LoopReport.Copied copy, bool lost)
    {
        _savesOutstanding--;
        _vitals.Actors.Is(PathOf(_checkpoints), ActorState.Idle);
        _trainer.Tell(new TrainerActor.CheckpointReleased(copy.Snapshot, lost));
        LetGoOn(Hold.Checkpoint);
        if (_savesOutstanding > 0) return;
        if (_ending is not null) Finish();
        else GoOn();
    }

    private void Delayed(CheckpointActor.Delayed message)
    {
        _vitals.Actors.Is(PathOf(_checkpoints), ActorState.Waiting);
        _vitals.Actors.Decided(PathOf(_checkpoints), $"tried again: {message.Cause}");
        if (_options.OnCheckpointFailure == OnCheckpointFailure.Pause) _trainer.Tell(new TrainerActor.Pause(Hold.Checkpoint));
    }

    private void GivenUp(CheckpointActor.GivenUp message)
    {
        _parts.Instruments?.SaveFailed();
        _vitals.Actors.Decided(PathOf(_checkpoints), $"given up: {message.Cause}");
        if (message.Copy.Final || _ending?.Step == message.Copy.Step)
        {
            Fail(message.Copy.Step, $"The last state could not be saved: {message.Cause}", null);
            return;
        }

        Released(message.Copy, lost: true);
    }

    private void Fail(long step, string message, Exception? cause)
    {
        if (_finished) return;
        if (_ending is not { End: RunEnd.Failed }) _ending = new RunOutcome(RunEnd.Failed, step, null, message, cause);
        Finish();
    }

    private void Finish()
    {
        if (_finished) return;
        _finished = true;
        _onceSaved = null; // whatever was to come, this takes its place
        _vitals.TrainingOver(_ending!);
        OnceGone(EndEvaluations);
    }

    private void Complete(int evaluationsLeft)
    {
        if (_completed) return;
        _completed = true;
        var outcome = _ending! with { Checkpoint = _lastCheckpoint, EvaluationsLeft = evaluationsLeft };
        _vitals.Actors.Is(Name, ActorState.Stopped);
        _vitals.Decode(0, 0);
        _vitals.Over(outcome);
        if (_telemetry.IsNobody())
        {
            _completion.TrySetResult(outcome);
            return;
        }

        // The metrics told before are on disk when the caller hears of the end.
        _telemetry.Ask<TelemetryActor.Flushed>(new TelemetryActor.Flush(), TimeSpan.FromSeconds(5))
            .ContinueWith(_ => _completion.TrySetResult(outcome), TaskScheduler.Default);
    }
}
