using Akka.Actor;
using Akka.Event;
using CACL.Actors.Decoding;
using CACL.Actors.Training;

namespace CACL.Actors.Supervisor;

/// <summary>
/// How a training leaves: engine, decoders and the pairs between them are gone before anything follows, be it the next training of a
/// roll-back, which might not find room beside them on its device, or the end of the run.
/// </summary>
internal sealed partial class RunSupervisor
{
    private Action? _onceGone;
    private bool _loopGone = true;
    private bool _decodersGone = true;
    private bool _leaves;
    private Exception? _engineFault;

    private void ReceiveAboutLeaving()
    {
        Receive<TrainerActor.LoopGone>(message =>
        {
            if (!message.Trainer.Equals(_trainer)) return;
            _engineFault = message.Fault;
            if (message.Fault is { } fault)
                _log.Warning(
                    fault, "Supervision: the engine of {Actor} could not be given up cleanly: {Cause}", _trainer.Path.Name, fault.Message);
            _loopGone = true;
            GoOnOnceGone();
        });
        Receive<Terminated>(_ =>
        {
            _decodersGone = true;
            GoOnOnceGone();
        }, message => message.ActorRef.Equals(_decoders));
        Receive<StillThere>(_ => Abandon());
    }

    /// <summary>A training was launched.</summary>
    private void Arrived() => (_leaves, _loopGone, _decodersGone, _engineFault) = (false, false, false, null);

    /// <summary>Ends the training; what comes next waits until nothing of it is left.</summary>
    /// <param name="next">What comes next. If the training leaves already, it takes the place of what was to come.</param>
    private void OnceGone(Action next)
    {
        _onceGone = next;
        if (!_leaves)
        {
            _leaves = true;
            _stream?.Dispose();
            _stream = null;
            _trainer.Tell(new TrainerActor.Leave());
            _decoders.Tell(new DecoderPoolActor.End());
            Timers.StartSingleTimer("gone", new StillThere(), _options.EndingTime);
        }

        GoOnOnceGone();
    }

    private void GoOnOnceGone()
    {
        if (_onceGone is not { } next || !_loopGone || !_decodersGone) return;
        _onceGone = null;
        Timers.Cancel("gone");
        if (!_trainer.IsNobody()) Context.Stop(_trainer);
        if (!_decoders.IsNobody()) _vitals.Actors.Gone(PathOf(_decoders));
        next();
    }

    /// <summary>They had their time. Decoders are not worth the run: whatever they still hold is little. An engine is.</summary>
    private void Abandon()
    {
        if (_onceGone is null) return;
        var engineGone = _loopGone;
        var seconds = _options.EndingTime.TotalSeconds;
        if (!_decodersGone)
        {
            _log.Warning(
                "Supervision: {Actor} has not ended within {Seconds} s. Decision: it is left behind", _decoders.Path.Name, seconds);
            Context.Stop(_decoders);
        }

        (_loopGone, _decodersGone) = (true, true);
        if (!engineGone)
        {
            _log.Error(
                "Supervision: {Actor} has not ended within {Seconds} s. Decision: {Decision}; the last good checkpoint stays",
                _trainer.Path.Name, seconds, _finished ? "the run ends without waiting for it" : "no roll-back, end the run");
            if (!_finished)
            {
                Fail(
                    _vitals.Step,
                    $"The training could not be rolled back: its former state still holds the device after {seconds:0.#} s, "
                    + "and two might not fit it. Resume the run from its last checkpoint.",
                    null);
                return;
            }
        }

        GoOnOnceGone();
    }

    /// <summary>A loop that hangs is not waited for a second time.</summary>
    private void Stalled(TrainerActor.Stalled message)
    {
        if (_leaves) return;
        _loopGone = true;
        Fail(_length.TotalSteps, message.Message, null);
    }

    private sealed record StillThere;
}
