using System.Globalization;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Shuts a training down: its engine, its decoders and the pairs between them are gone before the next action. That may be the next
/// training of a roll-back, which might not fit on the device beside them, or the end of the run.
/// </summary>
internal sealed partial class RunSupervisor
{
    private void ReceiveAboutLeaving()
    {
        Receive<TrainerProtocol.LoopGone>(message =>
        {
            if (message.Trainer != _trainer.Path.Name) return;
            _departure.EngineGone(message.Fault);
            if (message.Fault is { } fault)
            {
                Announce(new SupervisionDecision(
                    _trainer.PathInRun(), $"could not give its engine up cleanly: {fault.Message}", "no other training follows it")
                {
                    Fault = fault,
                });
            }

            GoOnOnceGone();
        });
        Receive<Terminated>(_ =>
        {
            _departure.DecodersGone();
            GoOnOnceGone();
        }, message => message.ActorRef.Equals(_decoders));
        Receive<EndingTimeOver>(_ => Abandon());
    }

    /// <summary>Ends the training; the next action waits until it is gone.</summary>
    /// <param name="next">The next action. If the training is being shut down already, it replaces the one that waits.</param>
    private void OnceGone(Action next)
    {
        if (_departure.Await(next))
        {
            _stream?.Dispose();
            _stream = null;
            _trainer.Tell(new TrainerProtocol.Leave());
            _decoders.Tell(new PoolProtocol.End());
            Timers.StartSingleTimer("gone", new EndingTimeOver(), _options.EndingTime);
        }

        GoOnOnceGone();
    }

    private void GoOnOnceGone()
    {
        if (_departure.Next() is not { } next) return;
        Timers.Cancel("gone");
        if (!_trainer.IsNobody()) Context.Stop(_trainer);
        if (!_decoders.IsNobody()) _status.Tell(new StatusProtocol.ActorGone(_decoders.PathInRun()));
        next();
    }

    /// <summary>
    /// Handles a training that has not gone within the time limit. Decoders are left behind, since they hold little memory; an engine that
    /// remains ends the run.
    /// </summary>
    private void Abandon()
    {
        if (!_departure.IsAwaited) return;
        var engineGone = _departure.EngineIsGone;
        var late = string.Create(CultureInfo.InvariantCulture, $"has not ended within {_options.EndingTime.TotalSeconds:0.#} s.");
        if (!_departure.DecodersAreGone)
        {
            Announce(new SupervisionDecision(_decoders.PathInRun(), late, "it is left behind") { Verdict = SupervisionVerdict.GivenUp });
            Context.Unwatch(_decoders); // it may end at any time, even during the next training
            Context.Stop(_decoders);
        }

        _departure.EngineGone();
        _departure.DecodersGone();
        if (!engineGone)
        {
            var over = _ending.TrainingIsOver;
            Announce(new SupervisionDecision(
                _trainer.PathInRun(), late,
                $"{(over ? "the run ends without waiting for it" : "no roll-back, end the run")}; the last good checkpoint stays")
            {
                Verdict = SupervisionVerdict.RunEnds,
                IsGrave = true,
            });
            if (!over)
            {
                Fail(
                    _step,
                    $"The training could not be rolled back: its former state still holds the device after "
                    + $"{_options.EndingTime.TotalSeconds:0.#} s, and two might not fit it. Resume the run from its last checkpoint.",
                    null);
                return;
            }
        }

        GoOnOnceGone();
    }

    /// <summary>Ends the run without waiting again for a loop that hangs.</summary>
    private void Stalled(TrainerProtocol.Stalled message)
    {
        if (_departure.IsUnderway) return;
        _departure.EngineGone();
        Fail(_length.TotalSteps, message.WaitsForData ? $"{message.Message} {DataPath()}" : message.Message, null);
    }

    /// <summary>Says where batches stopped on their way to a training that waits for them.</summary>
    private string DataPath()
    {
        var (alive, busy) = (_board.Status.Decoders, _board.Status.DecodersBusy);
        if (alive == 0) return "No decoder is alive.";
        return busy > 0
            ? $"Of {alive} decoders {busy} are decoding."
            : $"Of {alive} decoders none is decoding: the stream between them and the training hangs.";
    }

    private sealed record EndingTimeOver : INoSerializationVerificationNeeded;
}
