using System.Globalization;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Status;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Supervises the run's parts. Those that the training can do without for a while are restarted after a back-off; their messages wait in
/// the mailbox. One that fails too often is given up; this file decides how the run continues without it.
/// </summary>
internal sealed partial class RunSupervisor
{
    private const string Status = "status";
    private const string Telemetry = "telemetry";
    private const string Checkpoints = "checkpoints";
    private const string Control = "control";
    private const string Evaluator = "evaluator";

    /// <summary>Restart windows of the actors that are restarted, by name.</summary>
    private readonly Dictionary<string, RestartWindow> _restarts;

    private DecisionDesk _desk = null!; // set before any part starts that could fail

    private void ReceiveAboutFailures()
    {
        // A training that is being shut down ends the run no more.
        Receive<SupervisionDecision>(
            _ => { },
            decision => decision.Verdict == SupervisionVerdict.RunEnds && _departure.IsUnderway && Sender.Equals(_trainer));
        Receive<SupervisionDecision>(Announce);
        Receive<RestartNow>(message => RestartLater.Now(message.Actor, message.Cause));
        Receive<CannotSave>(message => Fail(
            _step,
            $"Checkpoints cannot be written: the actor that writes them failed {message.Times} times in a row, "
            + $"the last time because: {message.Cause.Message.TrimEnd('.')}. The run ends, since nothing of it would be saved. "
            + "Remove the cause and resume it from its last checkpoint.",
            message.Cause));
        Receive<CannotStart>(message =>
        {
            if (message.Actor.Equals(_trainer)) _departure.EngineGone(); // it was never created
            if (message.Actor.Equals(_telemetry)) _telemetry = ActorRefs.Nobody; // otherwise the run would wait for its answer at the end
            Fail(_parts.Start?.Step ?? 0, $"A part of the run could not start: {message.Cause.Message}", message.Cause);
        });
        Receive<PartFailed>(
            message => OnceSaved(() =>
                Fail(_step, $"A part of the run, {message.Actor}, failed: {message.Cause.Message}", message.Cause)),
            _ => !_departure.IsUnderway);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new RestartLater(Decide, Restart);

    private void StartStatus()
    {
        var memory = _memory;
        _status = Context.ActorOf(StatusActor.Props(_board, () => memory.Rented * memory.BytesPerPair, _parts.Clock), Status);
        _desk = new DecisionDesk(_log, Context.System.EventStream, _parts.Instruments, _status);
        _status.Tell(new StatusProtocol.ActorStarted(Name, "run", ActorState.Busy));
        _status.Tell(new StatusProtocol.ActorStarted($"{Name}/{Status}", "status"));
        _status.Tell(new StatusProtocol.BadVideos(_quarantine.Bad));
    }

    private Dictionary<string, RestartWindow> RestartWindows() => new()
    {
        [Status] = Window(_options.ActorRestartWindow),
        [Telemetry] = Window(_options.ActorRestartWindow),
        [Control] = Window(_options.ActorRestartWindow),
        [Evaluator] = Window(_options.ActorRestartWindow),
        // Attempts at a large checkpoint may take longer than any window: they count until a checkpoint is on disk.
        [Checkpoints] = Window(Timeout.InfiniteTimeSpan),
    };

    private RestartWindow Window(TimeSpan length) => new(_options.MaxActorRestarts, length, _parts.Clock);

    private void Announce(SupervisionDecision decision) => _desk.Announce(decision);

    private void Announce(Exception cause, string what, string decision, SupervisionVerdict verdict, int count = 1) =>
        Announce(new SupervisionDecision(Sender.PathInRun(), what, decision, count)
        {
            Verdict = verdict,
            IsGrave = verdict is SupervisionVerdict.RunEnds or SupervisionVerdict.GivenUp,
            Fault = Fault.Of(cause),
        });

    private void Is(IActorRef actor, ActorState state) => _status.Tell(new StatusProtocol.ActorIs(actor.PathInRun(), state));

    private Directive Decide(Exception cause)
    {
        var name = Sender.Path.Name;
        var inner = cause.Unwrapped();
        var cannotStart = cause is ActorInitializationException and not PostRestartException;
        if (cannotStart && name != Evaluator)
        {
            Announce(inner, $"cannot start: {inner.Message}", "end the run", SupervisionVerdict.RunEnds);
            Self.Tell(new CannotStart(Sender, Fault.Of(inner)));
            return Directive.Stop;
        }

        if (_restarts.TryGetValue(name, out var restarts))
            return !cannotStart && restarts.Add() ? RestartOrResume(name, inner) : GiveUpActor(name, inner);
        Announce(cause, Failed(cause), "end the run; the last good checkpoint stays", SupervisionVerdict.RunEnds);
        Self.Tell(new PartFailed(name, Fault.Of(cause)));
        return Directive.Stop;
    }

    private Directive RestartOrResume(string name, Exception cause)
    {
        var count = _restarts[name].Count;
        if (name == Status)
        {
            // The status actor is resumed, never restarted: it would lose a state that nobody sends it again.
            Announce(cause, Failed(cause), "it goes on with what it knew before", SupervisionVerdict.GoesOn, count);
            return Directive.Resume;
        }

        var wait = string.Create(CultureInfo.InvariantCulture, $"{WaitOf(name).TotalMilliseconds:0.###} ms");
        Announce(
            cause, Failed(cause), $"restarted in {wait}, nothing that waits for it is lost; training goes on",
            SupervisionVerdict.Restarted, count);
        if (name == Evaluator && _evaluationsEnd) TellEvaluatorThatTrainingIsOver();
        return Directive.Restart;
    }

    private Directive GiveUpActor(string name, Exception cause)
    {
        var without = name switch
        {
            Status => "given up, what is shown of the run stands still; training goes on",
            Telemetry => $"given up, nothing is written to {RunFiles.Metrics} or shown any more; training goes on",
            Control => "given up, settings cannot be changed any more; training goes on",
            Evaluator => "given up, nothing is evaluated any more; training goes on, what waits stays for --resume",
            _ => "end the run, of which nothing would be saved; the last good checkpoint stays",
        };
        var verdict = name == Checkpoints ? SupervisionVerdict.RunEnds : SupervisionVerdict.GivenUp;
        Announce(cause, Failed(cause), without, verdict, _restarts[name].Count);
        if (name != Evaluator) Is(Sender, ActorState.Stopped); // the evaluator is marked as stopped when it has terminated
        switch (name)
        {
            case Status:
                _status = ActorRefs.Nobody;
                _desk = new DecisionDesk(_log, Context.System.EventStream, _parts.Instruments, _status);
                break;
            case Telemetry:
                _telemetry = ActorRefs.Nobody;
                break;
            case Control:
                _control = ActorRefs.Nobody;
                _refusal = "Settings cannot be changed any more: the actor that changes them failed too often, the last time because: "
                    + $"{cause.Message.TrimEnd('.')}. Resume the run to change them.";
                break;
            case Checkpoints:
                Self.Tell(new CannotSave(_restarts[Checkpoints].Count, Fault.Of(cause)));
                break;
        }

        return Directive.Stop;
    }

    private static string Failed(Exception cause) => $"failed: {cause.Message.TrimEnd('.')}.";

    private void Restart(IActorRef actor, Exception cause) =>
        Timers.StartSingleTimer($"restart-{actor.Path.Name}", new RestartNow(actor, cause), WaitOf(actor.Path.Name));

    private TimeSpan WaitOf(string name) => _options.ActorBackOff.After(_restarts[name].Count);

    private sealed record RestartNow(IActorRef Actor, Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record CannotStart(IActorRef Actor, Fault Cause) : INoSerializationVerificationNeeded;

    private sealed record PartFailed(string Actor, Fault Cause) : INoSerializationVerificationNeeded;

    private sealed record CannotSave(int Times, Fault Cause) : INoSerializationVerificationNeeded;
}
