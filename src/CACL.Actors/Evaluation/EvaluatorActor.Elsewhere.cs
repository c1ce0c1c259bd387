using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Data.Wording;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>Has workers on other machines evaluate, as many at once as they offer.</summary>
internal sealed partial class EvaluatorActor
{
    private readonly EvaluationsElsewhere _elsewhere = new();

    private void ReceiveFromWorkers()
    {
        Receive<PlaceProtocol.Offered>(offer =>
        {
            _elsewhere.Offer(Sender, offer.Place);
            Context.Watch(Sender);
            StartNext();
        });
        Receive<PlaceProtocol.Withdrawn>(_ => Withdraw(Sender));
        Receive<Terminated>(gone => Withdraw(gone.ActorRef));
        Receive<CameElsewhere>(Take);
        Receive<LateElsewhere>(late => ComeBack(
            late.Evaluation,
            $"it took longer than the {_options.Deadline.TotalSeconds:0.###} s of {SettingNames.EvaluationDeadline}", onlyHere: true));
    }

    private void Withdraw(IActorRef link)
    {
        _elsewhere.Withdraw(link);
        StartNext(); // this machine may have to make what waits
    }

    private void StartElsewhere()
    {
        while (!_underway.IsLeaving && _elsewhere.BeginNext(_queue) is { } evaluation)
        {
            var request = evaluation.Request;
            Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Busy));
            _log.Info("Evaluation of step {Step} on {Target} begins at {Worker}", request.Step, request.Target, evaluation.Place.Worker);
            Timers.StartSingleTimer(evaluation, new LateElsewhere(evaluation), _options.Deadline);
            Task.Run(() => evaluation.Place.EvaluateAsync(request, evaluation.Cancel.Token)).PipeTo(
                Self, success: result => new CameElsewhere(evaluation, result, null),
                failure: cause => new CameElsewhere(evaluation, null, cause));
        }
    }

    private void Take(CameElsewhere message)
    {
        var evaluation = message.Evaluation;
        if (message.Cause is DataSetElsewhereException lacking && _elsewhere.Running.Contains(evaluation))
        {
            End(evaluation);
            _elsewhere.Lacks(evaluation);
            _log.Warning(
                "{Worker} does not evaluate on {DataSet}: {Why}. It is evaluated on elsewhere or here", evaluation.Place.Worker,
                evaluation.Request.Target.DataSet, lacking.Message);
            StartNext();
            return;
        }

        var fault = message.Result is { } result ? EvaluationLine.FaultOf(result) : message.Cause!.Message;
        if (fault is not null)
        {
            ComeBack(evaluation, fault.TrimEnd('.', ' ', '\n'), onlyHere: false);
            return;
        }

        if (End(evaluation)) Succeeded(evaluation.Request, evaluation.Tries, message.Result!, evaluation.Place.Worker);
    }

    private void ComeBack(EvaluationElsewhere evaluation, string why, bool onlyHere)
    {
        if (!End(evaluation)) return;
        _ = evaluation.Cancel.CancelAsync();
        _elsewhere.ComeBack(evaluation, onlyHere);
        var request = evaluation.Request;
        Context.Parent.Tell(new SupervisionDecision(
            Self.PathInRun(), $"has no result of step {request.Step} on {request.Target} from {evaluation.Place.Worker}: {why}.",
            "made elsewhere or here; training goes on", evaluation.Tries)
        {
            Verdict = SupervisionVerdict.TriedAgain,
        });
        StartNext();
    }

    private bool End(EvaluationElsewhere evaluation)
    {
        Timers.Cancel(evaluation);
        return _elsewhere.End(evaluation);
    }

    // A worker is not waited for: it is told, and what it may still send counts no more.
    private void LeaveElsewhere()
    {
        var (running, requests) = _elsewhere.Leave();
        foreach (var evaluation in running)
        {
            Timers.Cancel(evaluation);
            _ = evaluation.Cancel.CancelAsync();
        }

        foreach (var request in requests.Reverse()) _queue.PutBack(request);
    }

    private void CancelElsewhere()
    {
        foreach (var evaluation in _elsewhere.Running) evaluation.Cancel.Cancel();
    }

    private sealed record CameElsewhere(EvaluationElsewhere Evaluation, JsonObject? Result, Exception? Cause)
        : INoSerializationVerificationNeeded;

    private sealed record LateElsewhere(EvaluationElsewhere Evaluation) : INoSerializationVerificationNeeded;
}
