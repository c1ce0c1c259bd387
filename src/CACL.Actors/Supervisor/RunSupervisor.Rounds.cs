using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Finds parts that hang, and messages that nobody understands. Every quarter of the watchdog's time each part is asked for a sign of life;
/// one that owes it for the whole of that time is named. The training thread has a watchdog of its own (<see
/// cref="Training.TrainerActor"/>), decoders have deadlines, and the run's supervisor itself is watched by <see cref="SupervisorWatch"/>.
/// </summary>
internal sealed partial class RunSupervisor
{
    /// <summary>Most kinds of unknown messages that are remembered, each of which is a line of the log.</summary>
    private const int MostUnknown = 100;

    /// <summary>What the stream's own actors, which Akka makes and numbers, are called together.</summary>
    private const string Stream = $"{Name}/stream";

    private readonly HashSet<(string Actor, string Type)> _unknown = [];
    private readonly Rounds _rounds;

    private void ReceiveAboutRounds()
    {
        Receive<NextRound>(_ => MakeRound());
        Receive<ActorIdentity>(answer =>
        {
            if (answer.MessageId is not string name || !_rounds.Answered(name)) return;
            _log.Info("{Actor} answers again", name);
        });
        Receive<UnhandledMessage>(Unknown);
    }

    private void StartRounds()
    {
        Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));
        Timers.StartPeriodicTimer("round", new NextRound(), _rounds.Between);
    }

    private void MakeRound()
    {
        foreach (var part in new[] { _status, _telemetry, _control, _checkpoints, _evaluator, _decoders, _trainer })
        {
            if (part.IsNobody()) continue;
            var name = part.Path.Name;
            // The pool is named before the training's own watchdog, which sees only that no batch comes.
            if (_rounds.Overdue(name, share: part.Equals(_decoders) ? 0.5 : 1) is { } silent) Hangs(part, silent);
            else if (_rounds.Ask(name)) part.Tell(new Identify(name));
        }
    }

    private void Hangs(IActorRef part, TimeSpan silent)
    {
        var name = part.Path.Name;
        var what = $"has answered nothing for {(int)silent.TotalSeconds} s: it hangs";
        var isFirst = _rounds.Tell(name);
        if (part.Equals(_decoders) || part.Equals(_trainer))
        {
            if (!isFirst || _departure.IsUnderway) return; // a training that ends has a time limit of its own
            if (part.Equals(_decoders)) GiveUp($"The decoders' pool {what}.", null);
            else EndWithoutTrainer(what);
            return;
        }

        if (isFirst)
        {
            var without = name switch
            {
                Status => "what is shown of the run stands still until it answers; training goes on",
                Telemetry => $"{RunFiles.Metrics} stands still until it answers; training goes on",
                Control => "settings cannot be changed until it answers; training goes on",
                Evaluator => "nothing is evaluated until it answers; training goes on",
                _ when _ending.Outcome is not null => "end the run; the last good checkpoint stays",
                _ => "no checkpoint is written until it answers, the last good one stays; training "
                    + (_options.OnCheckpointFailure == OnCheckpointFailure.Pause ? "waits" : "goes on"),
            };
            Announce(new SupervisionDecision(part.PathInRun(), $"{what}.", without)
            {
                Verdict = part.Equals(_checkpoints) && _ending.Outcome is not null
                    ? SupervisionVerdict.RunEnds : SupervisionVerdict.GoesOn,
                IsGrave = true,
            });
        }

        if (part.Equals(_checkpoints)) WriterHangs(what, isFirst);
    }

    /// <summary>Ends a run that waits for nothing but a write that hangs, such as one to a file system that does not answer.</summary>
    private void WriterHangs(string what, bool isFirst)
    {
        if (_ending.Outcome is { } outcome)
        {
            Fail(
                outcome.Step, $"The last state could not be saved: the actor that writes checkpoints {what}, and so may the disk of "
                    + $"{_options.Directory}. Resume the run from its last checkpoint.",
                null);
        }
        else if (isFirst && _options.OnCheckpointFailure == OnCheckpointFailure.Pause && _saves.Count > 0)
        {
            _trainer.Tell(new TrainerProtocol.Pause(PauseReason.Checkpoint));
        }
    }

    private void EndWithoutTrainer(string what)
    {
        Announce(new SupervisionDecision(_trainer.PathInRun(), $"{what}.", "end the run; the last good checkpoint stays")
        {
            Verdict = SupervisionVerdict.RunEnds,
            IsGrave = true,
        });
        Fail(_step, $"The actor in charge of the training {what}.", null);
    }

    /// <summary>Says once of each kind of message that an actor does not know it; all of them are counted.</summary>
    private void Unknown(UnhandledMessage unknown)
    {
        var path = unknown.Recipient.PathInRun();
        if (path != Name && !path.StartsWith($"{Name}/", StringComparison.Ordinal)) return;
        if (path.StartsWith($"{Name}/StreamSupervisor", StringComparison.Ordinal)) path = Stream;
        var type = unknown.Message.GetType();
        var decision = new SupervisionDecision(
            path, $"was sent a message that it does not know, {type.FullName}.", "it is dropped; training goes on");
        if (_unknown.Count < MostUnknown && _unknown.Add((path, type.FullName ?? type.Name))) Announce(decision);
        else _parts.Instruments?.Decided(decision.Kind, decision.Verdict);
    }

    /// <summary>Asks itself to ask all parts for a sign of life.</summary>
    internal sealed record NextRound : INoSerializationVerificationNeeded;
}
