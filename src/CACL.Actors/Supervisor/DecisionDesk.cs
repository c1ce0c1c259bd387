using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Telemetry;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Handles every decision on a failure: logs it in words, publishes it on the actor system's event stream, counts it, and tells the status
/// actor.
/// </summary>
internal sealed class DecisionDesk(ILoggingAdapter log, EventStream stream, RunInstruments? instruments, IActorRef status)
{
    /// <summary>Logs, publishes and counts a decision.</summary>
    public void Announce(SupervisionDecision decision)
    {
        const string words = "Supervision: {Actor} {Cause}. Decision: {Decision}";
        var level = decision.IsGrave ? LogLevel.ErrorLevel : LogLevel.WarningLevel;
        log.Log(level, decision.Fault?.ToException(), words, decision.Name, decision.Reason, decision.Decision);
        stream.Publish(decision);
        instruments?.Decided(decision.Kind, decision.Verdict);
        if (decision.Verdict is SupervisionVerdict.Restarted or SupervisionVerdict.Replaced) instruments?.Restarted(decision.Kind);
        status.Tell(decision);
    }
}
