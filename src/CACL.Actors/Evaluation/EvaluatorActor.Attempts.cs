using System.Globalization;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>One evaluation after the other: the attempt, its deadline, its end, and what follows from it.</summary>
internal sealed partial class EvaluatorActor
{
    private Attempt? _current;
    private Attempt? _stuck;
    private bool _leaving;
    private bool _diskFails;

    private void StartNext()
    {
        if (_current is not null) return;
        // While one that was told to end still runs, no other begins: they would share the machine with the training.
        if (_stuck is null && !_leaving && _waiting is [var next, ..])
        {
            _waiting.RemoveAt(0);
            Try(next, 1);
            return;
        }

        Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Idle));
        if (_over is not null) Context.Parent.Tell(new EvaluatorProtocol.Idle(_waiting.Count));
    }

    private void Try(EvaluationRequest request, int number)
    {
        var attempt = new Attempt(request, number);
        _current = attempt;
        Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Busy));
        _log.Info(
            "Evaluation of step {Step} on {Target} begins{Again}", request.Step, request.Target, number > 1 ? $", attempt {number}" : "");
        Timers.StartSingleTimer("deadline", new DeadlinePassed(), _options.Deadline);
        // An engine that blocks must not block this actor.
        Task.Run(() => _engine.EvaluateAsync(request, attempt.Cancel.Token)).PipeTo(
            Self, success: result => new Returned(attempt, result, null), failure: cause => new Returned(attempt, null, cause));
    }

    private void DeadlineIsOver()
    {
        if (_current is not { } attempt) return;
        attempt.Ending = $"it took longer than the {_options.Deadline.TotalSeconds:0.###} s of cacl.evaluation.deadline";
        End(attempt);
    }

    private void End(Attempt attempt)
    {
        Timers.Cancel("deadline");
        Timers.StartSingleTimer("ending", new DoesNotEnd(), _options.EndingTime);
        // Not here: whoever registered for it is called by the one who cancels.
        _ = attempt.Cancel.CancelAsync();
    }

    private void SetAside()
    {
        if (_current is not { } attempt) return;
        _stuck = attempt;
        _current = null;
        var cause =
            $"{attempt.Ending ?? "it was told to end"}, and it does not end though told to {_options.EndingTime.TotalSeconds:0.#} s ago";
        Decide(
            attempt, SupervisionVerdict.GivenUp, $"hangs: step {attempt.Request.Step} on {attempt.Request.Target}: {cause}.",
            "given up; no other evaluation begins before it ends; training goes on");
        if (_leaving) _waiting.Insert(0, attempt.Request);
        else Conclude(attempt, EvaluationLine.Failed(attempt.Request, attempt.Number, cause, DateTimeOffset.Now));
        StartNext();
    }

    private void Take(Returned message)
    {
        if (message.Attempt == _stuck)
        {
            _stuck = null;
            _log.Info(
                "The evaluation of step {Step} on {Target} has ended at last", message.Attempt.Request.Step,
                message.Attempt.Request.Target);
            Tidy();
            StartNext();
            return;
        }

        if (message.Attempt != _current) return;
        Timers.Cancel("deadline");
        Timers.Cancel("ending");
        var attempt = message.Attempt;
        var fault = message.Result is { } result ? EvaluationLine.FaultOf(result) : attempt.Ending ?? message.Cause!.Message;
        if (fault is null) Succeeded(attempt, message.Result!);
        else if (_leaving) PutBack(attempt);
        else Failed(attempt, fault.TrimEnd('.', ' ', '\n'));
    }

    private void Succeeded(Attempt attempt, JsonObject result)
    {
        _current = null;
        Conclude(attempt, EvaluationLine.Done(attempt.Request, attempt.Number, result, DateTimeOffset.Now));
        _log.Info(
            "Evaluation of step {Step} on {Target}: {Figures}", attempt.Request.Step, attempt.Request.Target,
            EvaluationLine.Figures(result));
        StartNext();
    }

    private void Failed(Attempt attempt, string cause)
    {
        var (request, number) = (attempt.Request, attempt.Number);
        if (number >= _options.Attempts)
        {
            _current = null;
            Decide(
                attempt, SupervisionVerdict.GivenUp, $"failed: step {request.Step} on {request.Target}: {cause}.",
                $"given up after {number} attempts, recorded as failed; training goes on");
            Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Idle));
            Conclude(attempt, EvaluationLine.Failed(request, number, cause, DateTimeOffset.Now));
            StartNext();
            return;
        }

        var wait = _options.BackOff.After(number);
        Decide(
            attempt, SupervisionVerdict.TriedAgain, $"failed: step {request.Step} on {request.Target}: {cause}.",
            string.Create(
                CultureInfo.InvariantCulture,
                $"tried again in {wait.TotalSeconds:0.##} s (attempt {number + 1} of {_options.Attempts}); training goes on"));
        Context.Parent.Tell(new EvaluatorProtocol.Doing(ActorState.Waiting));
        Timers.StartSingleTimer("again", new TryAgain(), wait);
    }

    /// <summary>The run ends without it: what is not done stays in the run folder.</summary>
    private void Leave()
    {
        _leaving = true;
        _over ??= new EvaluatorProtocol.TrainingOver(false, 0, null);
        if (_demanded.Count > 0)
            _log.Warning("Not evaluated, since the training ends: {Targets}", string.Join(", ", _demanded.Select(d => d.Target)));
        _demanded.Clear();
        if (_current is { } attempt)
        {
            var waits = Timers.IsTimerActive("again");
            Timers.Cancel("again");
            if (waits) PutBack(attempt);
            else End(attempt);
            return;
        }

        StartNext();
    }

    private void Decide(Attempt attempt, SupervisionVerdict verdict, string cause, string decision) =>
        Context.Parent.Tell(new SupervisionDecision(Self.PathInRun(), cause, decision, attempt.Number)
        {
            Verdict = verdict,
            IsGrave = verdict == SupervisionVerdict.GivenUp,
        });

    private void PutBack(Attempt attempt)
    {
        _current = null;
        _waiting.Insert(0, attempt.Request);
        StartNext();
    }

    private void Conclude(Attempt attempt, JsonObject line)
    {
        // The line first: a process that is killed between the two has the result, and sees that the note is done with.
        Record(line);
        try
        {
            _pending.Remove(attempt.Request);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _log.Warning("{Cause}", cause.Message);
        }

        Tidy();
    }

    private void Record(JsonObject line)
    {
        _observer?.Invoke(line);
        try
        {
            _lines.Append(line);
            _diskFails = false;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            if (!_diskFails)
                Context.Parent.Tell(new SupervisionDecision(
                    Self.PathInRun(), $"cannot write {_lines.Path}: {cause.Message}",
                    "training goes on, lines wait until there is room"));
            _diskFails = true;
        }
    }

    /// <summary>Takes away the notes and checkpoints that nothing needs any more.</summary>
    private void Tidy()
    {
        try
        {
            _pending.KeepOnly([.. _waiting, .. new[] { _current, _stuck }.OfType<Attempt>().Select(a => a.Request)]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _log.Warning(
                "Checkpoints that were kept for evaluations could not be removed: {Cause} Make sure that {Folder} can be written to",
                cause.Message, _runDirectory);
        }
    }

    private sealed class Attempt(EvaluationRequest request, int number)
    {
        public EvaluationRequest Request => request;

        public int Number => number;

        public CancellationTokenSource Cancel { get; } = new();

        /// <summary>Why it was told to end, or null.</summary>
        public string? Ending { get; set; }
    }

    private sealed record Returned(Attempt Attempt, JsonObject? Result, Exception? Cause) : INoSerializationVerificationNeeded;

    private sealed record DeadlinePassed : INoSerializationVerificationNeeded;

    private sealed record DoesNotEnd : INoSerializationVerificationNeeded;

    private sealed record TryAgain : INoSerializationVerificationNeeded;
}
