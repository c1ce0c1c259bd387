using System.Globalization;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>Runs one evaluation at a time on this machine: the attempt, its deadline, its end and the consequence.</summary>
internal sealed partial class EvaluatorActor
{
    private CancellationTokenSource _cancel = new(); // of the current attempt

    private void StartNext()
    {
        StartElsewhere();
        if (_underway.MayBegin && _elsewhere.TakeForHere(_queue) is var (next, tries)) Run(_underway.Begin(next, tries));
        if (_underway.Current is not null || _elsewhere.Running.Count > 0) return;
        Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Idle));
        if (!_queue.TrainingIsOver) return;
        if (_unwritten.Count > 0) Write(_lines.WriteWaiting); // the last chance of this process
        Context.Parent.Tell(new EvaluatorProtocol.Idle(_queue.Waiting.Count + _elsewhere.CameBack.Count() + _unwritten.Count));
    }

    private void Run(EvaluationAttempt attempt)
    {
        var (request, cancel) = (attempt.Request, new CancellationTokenSource());
        _cancel = cancel;
        Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Busy));
        _log.Info(
            "Evaluation of step {Step} on {Target} begins{Again}", request.Step, request.Target,
            attempt.Number > 1 ? $", attempt {attempt.Number}" : "");
        Timers.StartSingleTimer("deadline", new DeadlinePassed(), _options.Deadline);
        // An engine that blocks must not block this actor.
        Task.Run(() => _engine.EvaluateAsync(request, cancel.Token)).PipeTo(
            Self, success: result => new Returned(attempt, result, null), failure: cause => new Returned(attempt, null, cause));
    }

    private void TellToEnd(string? why = null)
    {
        if (!_underway.TellToEnd(why)) return;
        Timers.Cancel("deadline");
        Timers.StartSingleTimer("ending", new DoesNotEnd(), _options.EndingTime);
        // Asynchronously, because Cancel would run the registered callbacks on this thread.
        _ = _cancel.CancelAsync();
    }

    private void SetAside()
    {
        if (_underway.SetAside() is not { } attempt) return;
        var request = attempt.Request;
        var cause =
            $"{attempt.Ending ?? "it was told to end"}, and it does not end though told to {_options.EndingTime.TotalSeconds:0.#} s ago";
        Decide(
            attempt, SupervisionVerdict.GivenUp, $"hangs: step {request.Step} on {request.Target}: {cause}.",
            "given up; no other evaluation begins before it ends; training goes on");
        if (_underway.IsLeaving) _queue.PutBack(request);
        else Conclude(request, EvaluationLine.Failed(request, attempt.Tries, cause, DateTimeOffset.Now));
        StartNext();
    }

    private void Take(Returned message)
    {
        var attempt = message.Attempt;
        if (_underway.EndLate(attempt))
        {
            _log.Info("The evaluation of step {Step} on {Target} has ended at last", attempt.Request.Step, attempt.Request.Target);
            Tidy();
            StartNext();
            return;
        }

        if (attempt != _underway.Current) return;
        Timers.Cancel("deadline");
        Timers.Cancel("ending");
        var fault = message.Result is { } result ? EvaluationLine.FaultOf(result) : attempt.Ending ?? message.Cause!.Message;
        var cause = fault?.TrimEnd('.', ' ', '\n');
        switch (_underway.End(succeeded: fault is null))
        {
            case AttemptEnd.Done:
                Succeeded(attempt.Request, attempt.Tries, message.Result!);
                break;
            case AttemptEnd.TriedAgain:
                TryLater(attempt, cause!);
                break;
            case AttemptEnd.GivenUp:
                GiveUp(attempt, cause!);
                break;
            case AttemptEnd.PutBack:
                _queue.PutBack(attempt.Request);
                StartNext();
                break;
        }
    }

    private void Succeeded(EvaluationRequest request, int tries, JsonObject result, string? worker = null)
    {
        Conclude(request, EvaluationLine.Done(request, tries, result, DateTimeOffset.Now, worker));
        _log.Info(
            "Evaluation of step {Step} on {Target}{By:l}: {Figures}", request.Step, request.Target, worker is null ? "" : $" by {worker}",
            EvaluationLine.Figures(result));
        StartNext();
    }

    private void TryLater(EvaluationAttempt attempt, string cause)
    {
        var (request, number) = (attempt.Request, attempt.Number);
        var wait = _options.BackOff.After(number);
        Decide(
            attempt, SupervisionVerdict.TriedAgain, $"failed: step {request.Step} on {request.Target}: {cause}.",
            string.Create(
                CultureInfo.InvariantCulture,
                $"tried again in {wait.TotalSeconds:0.##} s (attempt {number + 1} of {_options.Attempts}); training goes on"));
        Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Waiting));
        Timers.StartSingleTimer("again", new TryAgain(), wait);
    }

    private void GiveUp(EvaluationAttempt attempt, string cause)
    {
        var (request, number) = (attempt.Request, attempt.Number);
        Decide(
            attempt, SupervisionVerdict.GivenUp, $"failed: step {request.Step} on {request.Target}: {cause}.",
            $"given up after {number} attempts, recorded as failed; training goes on");
        Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Idle));
        Conclude(request, EvaluationLine.Failed(request, attempt.Tries, cause, DateTimeOffset.Now));
        StartNext();
    }

    /// <summary>Stops evaluating because the run ends; what is not done stays in the run folder.</summary>
    private void Leave()
    {
        if (!_queue.TrainingIsOver) _queue.EndTraining(0, null);
        if (_queue.ForgetDemands() is { Count: > 0 } targets)
            _log.Warning("Not evaluated, since the training ends: {Targets}", string.Join(", ", targets));
        if (_underway.Leave() is { } request)
        {
            Timers.Cancel("again");
            _queue.PutBack(request);
        }

        LeaveElsewhere();
        TellToEnd();
        StartNext();
    }

    private void Decide(EvaluationAttempt attempt, SupervisionVerdict verdict, string cause, string decision) =>
        Context.Parent.Tell(new SupervisionDecision(Self.PathInRun(), cause, decision, attempt.Number)
        {
            Verdict = verdict,
            IsGrave = verdict == SupervisionVerdict.GivenUp,
        });

    private sealed record Returned(EvaluationAttempt Attempt, JsonObject? Result, Exception? Cause) : INoSerializationVerificationNeeded;

    private sealed record DeadlinePassed : INoSerializationVerificationNeeded;

    private sealed record DoesNotEnd : INoSerializationVerificationNeeded;

    private sealed record TryAgain : INoSerializationVerificationNeeded;
}
