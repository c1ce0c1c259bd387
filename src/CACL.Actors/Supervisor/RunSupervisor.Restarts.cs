using System.Reflection;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Control;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// What becomes of a part of the run that failed. Those that training can do without for a while are restarted after a back-off; what
/// they are told meanwhile waits. One that fails too often is given up, and what a run does without it is decided here, once.
/// </summary>
internal sealed partial class RunSupervisor
{
    private const string Telemetry = "telemetry";
    private const string Checkpoints = "checkpoints";
    private const string Control = "control";
    private const string Evaluator = "evaluator";

    /// <summary>The restarts of those that are restarted, by name.</summary>
    private readonly Dictionary<string, RestartWindow> _restarts;

    private void ReceiveAboutRestarts()
    {
        Receive<RestartNow>(message => RestartLater.Now(message.Actor, message.Cause));
        Receive<CannotSave>(message => Fail(
            _vitals.Step,
            $"Checkpoints cannot be written: the actor that writes them failed {message.Times} times in a row, "
            + $"the last time because: {message.Cause.Message.TrimEnd('.')}. The run ends, since nothing of it would be saved. "
            + "Remove the cause and resume it from its last checkpoint.",
            message.Cause));
    }

    private Dictionary<string, RestartWindow> Windows() => new()
    {
        [Telemetry] = Window(_options.ActorRestartWindow),
        [Control] = Window(_options.ActorRestartWindow),
        [Evaluator] = Window(_options.ActorRestartWindow),
        // Tries at a large checkpoint may take longer than any window: they count until one is on the disk.
        [Checkpoints] = Window(Timeout.InfiniteTimeSpan),
    };

    private RestartWindow Window(TimeSpan length) => new(_options.MaxActorRestarts, length, _parts.Clock);

    private Directive Decide(Exception cause)
    {
        var name = Sender.Path.Name;
        var inner = WithoutAkkasWords(cause);
        var cannotStart = cause is ActorInitializationException and not PostRestartException;
        if (cannotStart && name != Evaluator)
        {
            _log.Error(inner, "Supervision: {Actor} cannot start: {Cause} Decision: end the run", name, inner.Message);
            _vitals.Actors.Decided(PathOf(Sender), $"end the run: it cannot start: {inner.Message}");
            Self.Tell(new CannotStart(Sender, inner));
            return Directive.Stop;
        }

        if (_restarts.TryGetValue(name, out var restarts))
            return !cannotStart && restarts.Add() ? RestartsIt(name, inner) : GivesItUp(name, inner);
        _log.Error(
            cause, "Supervision: {Actor} failed: {Cause}. Decision: end the run; the last good checkpoint stays", name, cause.Message);
        _vitals.Actors.Decided(PathOf(Sender), $"end the run: {cause.Message}");
        Self.Tell(new PartFailed(name, cause));
        return Directive.Stop;
    }

    private void PartHasFailed(PartFailed message) => OnceSaved(() =>
        Fail(_vitals.Step, $"A part of the run, {message.Actor}, failed: {message.Cause.Message}", message.Cause));

    private Directive RestartsIt(string name, Exception cause)
    {
        _log.Error(
            cause,
            "Supervision: {Actor} failed: {Cause}. Decision: restarted in {Delay} ms, nothing that waits for it is lost; training goes on",
            name, cause.Message.TrimEnd('.'), WaitOf(name).TotalMilliseconds);
        _vitals.Actors.Restarted(PathOf(Sender), $"restarted, training goes on: {cause.Message}");
        _parts.Instruments?.Restarted(name);
        if (name == Evaluator && _evaluationsEnd) TellEvaluatorThatTrainingIsOver();
        return Directive.Restart;
    }

    private Directive GivesItUp(string name, Exception cause)
    {
        var without = name switch
        {
            Telemetry => $"given up, nothing is written to {RunFiles.Metrics} or shown any more; training goes on",
            Control => "given up, settings cannot be changed any more; training goes on",
            Evaluator => "given up, nothing is evaluated any more; training goes on, what waits stays for --resume",
            _ => "end the run, of which nothing would be saved; the last good checkpoint stays",
        };
        _log.Error(cause, "Supervision: {Actor} failed: {Cause}. Decision: {Decision}", name, cause.Message.TrimEnd('.'), without);
        _vitals.Actors.Decided(PathOf(Sender), $"{(name == Checkpoints ? "end the run" : "given up, training goes on")}: {cause.Message}");
        switch (name)
        {
            case Telemetry:
                _telemetry = ActorRefs.Nobody;
                break;
            case Control:
                _control = ActorRefs.Nobody;
                _noChanges = "Settings cannot be changed any more: the actor that changes them failed too often, the last time because: "
                    + $"{cause.Message.TrimEnd('.')}. Resume the run to change them.";
                break;
            case Checkpoints:
                Self.Tell(new CannotSave(_restarts[Checkpoints].Count, cause));
                break;
        }

        if (name != Evaluator) _vitals.Actors.Is(PathOf(Sender), ActorState.Stopped); // the evaluator's end is waited for
        return Directive.Stop;
    }

    /// <summary>Akka's words about a constructor say nothing to the user.</summary>
    private static Exception WithoutAkkasWords(Exception cause)
    {
        while (cause is ActorInitializationException or TypeLoadException or TargetInvocationException && cause.InnerException is { } inner)
            cause = inner;
        return cause;
    }

    private void Restart(IActorRef actor, Exception cause) =>
        Timers.StartSingleTimer($"restart-{actor.Path.Name}", new RestartNow(actor, cause), WaitOf(actor.Path.Name));

    private TimeSpan WaitOf(string name) => _options.ActorBackOff.After(_restarts[name].Count);

    private sealed record RestartNow(IActorRef Actor, Exception Cause);

    private sealed record PartFailed(string Actor, Exception Cause);

    private sealed record CannotSave(int Times, Exception Cause);
}
