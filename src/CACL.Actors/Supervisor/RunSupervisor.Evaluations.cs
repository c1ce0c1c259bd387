using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Evaluation;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Runs the evaluator: it is told of checkpoints, is waited for once all steps are done, and never ends the run by failing.
/// </summary>
internal sealed partial class RunSupervisor
{
    private bool _evaluationsEnd;

    private void ReceiveAboutEvaluations()
    {
        Receive<EvaluationDemand>(demand =>
        {
            if (_evaluator.IsNobody()) Sender.Tell(new EvaluationAnswer([], [], []));
            else _evaluator.Forward(demand);
        });
        Receive<EvaluatorProtocol.GetStatus>(message =>
        {
            if (_evaluator.IsNobody()) Sender.Tell(EvaluationStatus.None);
            else _evaluator.Forward(message);
        });
        Receive<EvaluatorProtocol.Doing>(message => Is(Sender, message.State));
        Receive<EvaluatorProtocol.Idle>(message => { if (_evaluationsEnd) Complete(message.Left); });
        Receive<Terminated>(_ =>
        {
            Is(_evaluator, ActorState.Stopped);
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
            // Pending evaluations of later steps belong to a part of the run that was given up: the run requests them again when it gets
            // there.
            var pending = new PendingEvaluations(_options.Directory);
            pending.KeepOnly([.. pending.Read().Where(r => r.Step <= (start?.Step ?? 0))]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _log.Warning("What an earlier start left to be evaluated could not be removed: {Cause}", cause.Message);
        }

        _evaluator = Start(
            EvaluatorActor.Props(
                _options.Evaluation, new OneAtATime(engine), _length, _options.Directory, _parts.EvaluationObserver,
                _parts.Workers?.Links),
            Evaluator,
            "evaluator");
        Context.Watch(_evaluator);
        // The checkpoint may not have been noted for evaluation if the process was killed in between.
        if (start is null) return;
        _evaluator.Tell(new EvaluatorProtocol.CheckpointSaved(start.Path, start.Step, _live.Current.EvaluateEverySteps));
    }

    private void EndEvaluations()
    {
        _evaluationsEnd = true;
        _parts.TrainingOver?.Invoke();
        if (_evaluator.IsNobody()) Complete(0);
        else TellEvaluatorThatTrainingIsOver();
    }

    private void TellEvaluatorThatTrainingIsOver() =>
        _evaluator.Tell(new EvaluatorProtocol.TrainingOver(_ending.IsEvaluated, _ending.Outcome!.Step, _lastCheckpoint));
}
