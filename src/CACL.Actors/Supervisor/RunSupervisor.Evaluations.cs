using Akka.Actor;
using Akka.Event;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Control;
using CACL.Actors.Evaluation;
using CACL.Actors.Loop;
using CACL.Actors.Training;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// The evaluator beside a run: told of checkpoints, waited for once all steps are done, and never a reason to end the run.
/// </summary>
internal sealed partial class RunSupervisor
{
    private bool _evaluationsEnd;
    private bool _completed;

    private void ReceiveAboutEvaluations()
    {
        Receive<EvaluationDemand>(demand =>
        {
            if (_evaluator.IsNobody()) Sender.Tell(new EvaluationAnswer([], [], []));
            else _evaluator.Forward(demand);
        });
        Receive<EvaluatorActor.GetStatus>(message =>
        {
            if (_evaluator.IsNobody()) Sender.Tell(EvaluationStatus.None);
            else _evaluator.Forward(message);
        });
        Receive<EvaluatorActor.Doing>(message =>
        {
            _vitals.Actors.Is(PathOf(Sender), message.State);
            if (message.Decision is { } decision) _vitals.Actors.Decided(PathOf(Sender), decision);
        });
        Receive<EvaluatorActor.Idle>(message => { if (_evaluationsEnd) Complete(message.Left); });
        Receive<Terminated>(_ =>
        {
            _vitals.Actors.Is(PathOf(_evaluator), ActorState.Stopped);
            _evaluator = ActorRefs.Nobody;
            if (_evaluationsEnd) Complete(0);
        }, message => message.ActorRef.Equals(_evaluator));
    }

    private void StartEvaluator()
    {
        if (_parts.Evaluator is not { } engine || !Evaluates) return;
        var start = _parts.Start;
        try
        {
            // They belong to a part of the run that was given up: the run asks again when it gets there.
            var pending = new PendingEvaluations(_options.Directory);
            pending.KeepOnly([.. pending.Read().Where(r => r.Step <= (start?.Step ?? 0))]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _log.Warning("What an earlier start left to be evaluated could not be removed: {Cause}", cause.Message);
        }

        _evaluator = Start(
            EvaluatorActor.Props(
                _options.Evaluation, Schedule, new OneAtATime(engine), _length, _options.Directory, _parts.EvaluationObserver),
            Evaluator,
            "evaluator");
        Context.Watch(_evaluator);
        // A kill between the checkpoint and the note that it is to be evaluated leaves nothing but the checkpoint.
        if (start is not null) _evaluator.Tell(new EvaluatorActor.CheckpointSaved(start.Path, start.Step));
    }

    private bool CheckpointIsDue(long since, long step)
    {
        var every = _vitals.Live.Current.CheckpointEverySteps;
        return (every > 0 && step / every > since / every)
            || (Evaluates && Schedule().DueBetween(since, step, _length) is not null);
    }

    // Asked from several threads.
    private EvaluationSchedule Schedule() => _options.Evaluation.Schedule with { EverySteps = _vitals.Live.Current.EvaluateEverySteps };

    private void Saved(CheckpointActor.Saved message)
    {
        _lastCheckpoint = message.Path;
        _restarts[Checkpoints].Clear();
        _parts.Instruments?.Saved(message.Copy.Step, _parts.Clock.GetUtcNow());
        _vitals.Saved(message.Path, message.Copy.Step);
        _evaluator.Tell(new EvaluatorActor.CheckpointSaved(message.Path, message.Copy.Step));
        Released(message.Copy, lost: false);
    }

    private void EndEvaluations()
    {
        _evaluationsEnd = true;
        if (_evaluator.IsNobody())
        {
            Complete(0);
            return;
        }

        TellEvaluatorThatTrainingIsOver();
    }

    private void TellEvaluatorThatTrainingIsOver()
    {
        var ending = _ending!;
        // Asked to stop in the very last step: whoever asked does not want to wait for evaluations.
        _evaluator.Tell(
            new EvaluatorActor.TrainingOver(ending.End == RunEnd.Completed && _stopReason is null, ending.Step, _lastCheckpoint));
    }

    private void Status(TrainerActor.GetStatus message)
    {
        if (_finished) Sender.Tell(new TrainerActor.Status(_ending!.Step, LoopPhase.Ended, null));
        else _trainer.Forward(message);
    }
}
