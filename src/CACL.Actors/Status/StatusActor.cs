using Akka.Actor;
using CACL.Actors.Contracts;

namespace CACL.Actors.Status;

/// <summary>
/// Receives what happens in a run and publishes its status, each time as a new value on the <see cref="StatusBoard"/>. Nobody waits for it.
/// </summary>
internal sealed class StatusActor : ReceiveActor
{
    /// <summary>
    /// Weight of the newest step in the moving average, which spans about twenty steps: fast enough to follow, slow enough to read.
    /// </summary>
    private const double NewestWeight = 0.1;

    private readonly StatusBoard _board;
    private readonly ActorRegister _actors;
    private readonly Func<long> _bytesInFlight;
    private RunStatus _status;
    private LoopPhase _phase;
    private bool _trainingOver;
    private double? _secondsPerStep;

    /// <param name="board">Board to publish on; the actor continues from the status that it shows already.</param>
    /// <param name="bytesInFlight">Returns the bytes of decoded frames in use. Thread-safe.</param>
    /// <param name="clock">Clock for the time of day.</param>
    public StatusActor(StatusBoard board, Func<long> bytesInFlight, TimeProvider clock)
    {
        _board = board;
        _status = board.Status;
        _bytesInFlight = bytesInFlight;
        _actors = new ActorRegister(clock);
        ReceiveAboutActors();
        ReceiveAboutTraining();
        Receive<StatusProtocol.Publish>(_ =>
        {
            Publish();
            Sender.Tell(new StatusProtocol.Published());
        });
    }

    internal static Props Props(StatusBoard board, Func<long> bytesInFlight, TimeProvider clock) =>
        Akka.Actor.Props.Create(() => new StatusActor(board, bytesInFlight, clock));

    private void ReceiveAboutActors()
    {
        On<StatusProtocol.ActorStarted>(message => _actors.Started(message.Path, message.Kind, message.State));
        On<StatusProtocol.ActorReplaced>(message => _actors.Replaced(message.Path, message.By, message.Decision, message.State));
        On<StatusProtocol.ActorIs>(message => _actors.Is(message.Path, message.State));
        On<StatusProtocol.ActorGone>(message => _actors.Gone(message.Path));
        On<SupervisionDecision>(decision => _actors.Decided(
            decision.Actor, $"{decision.Decision}: {decision.Reason}", decision.Verdict == SupervisionVerdict.Restarted));
        On<StatusProtocol.DecodersAre>(message => _status = _status with { Decoders = message.Alive, DecodersBusy = message.Busy });
        On<StatusProtocol.DecodersWanted>(message => _status = _status with { DecodersWanted = message.Count });
    }

    private void ReceiveAboutTraining()
    {
        On<StatusProtocol.Launched>(message =>
        {
            _phase = LoopPhase.Starting;
            _status = _status with { Step = message.Step, BatchesWaiting = 0, PausedByUser = false, PausedByCheckpoint = false };
        });
        On<LoopReport.PhaseIs>(report => Enter(report.Phase));
        On<LoopReport.TookBatch>(report => _status = _status with { BatchesWaiting = report.BatchesWaiting });
        On<StatusProtocol.BatchesWaiting>(message =>
            _status = _status with { BatchesWaiting = Math.Min(message.Count, _status.BatchCapacity) });
        On<LoopReport.Stepped>(Stepped);
        On<TrainerProtocol.PauseReasonsAre>(message => _status = _status with
        {
            PausedByUser = message.Reasons.HasFlag(PauseReason.User),
            PausedByCheckpoint = message.Reasons.HasFlag(PauseReason.Checkpoint),
        });
        On<StatusProtocol.BadVideos>(message => _status = _status with { Quarantined = message.Count });
        On<StatusProtocol.SettingsAre>(message => _status = _status with { Settings = message.Now, Ahead = message.Ahead });
        On<StatusProtocol.CheckpointSaved>(message => _status = _status with { Checkpoint = message.Checkpoint });
        On<StatusProtocol.Stopping>(_ => _status = _status with { Stopping = true });
        On<StatusProtocol.TrainingOver>(_ => _trainingOver = true);
        On<StatusProtocol.RunOver>(message => _status = _status with { Outcome = message.Outcome });
    }

    private void On<T>(Action<T> apply) => Receive<T>(message =>
    {
        apply(message);
        Publish();
    });

    private void Enter(LoopPhase phase)
    {
        _phase = phase;
        _actors.AllAre("trainer", phase switch
        {
            LoopPhase.Starting => ActorState.Starting,
            LoopPhase.WaitingForData => ActorState.Waiting,
            LoopPhase.Paused => ActorState.Paused,
            LoopPhase.Ended => ActorState.Stopped,
            _ => ActorState.Busy,
        });
    }

    private void Stepped(LoopReport.Stepped report)
    {
        var step = report.Metrics;
        var seconds = step.StepSeconds + step.WaitSeconds + step.SnapshotSeconds;
        _secondsPerStep = _secondsPerStep is { } former ? ((1 - NewestWeight) * former) + (NewestWeight * seconds) : seconds;
        _status = _status with
        {
            Step = step.Step,
            Last = step,
            PairsPerSecond = _secondsPerStep > 0 ? step.Pairs / _secondsPerStep : null,
        };
    }

    private void Publish()
    {
        _status = _status with { State = State(), Remaining = Remaining(), BytesInFlight = _bytesInFlight() };
        _board.Publish(_status, _actors.Now);
    }

    private TimeSpan? Remaining()
    {
        if (_secondsPerStep is not { } pace || _status.PausedByUser || _status.PausedByCheckpoint || _trainingOver) return null;
        var left = pace * Math.Max(0, _status.Length.TotalSteps - _status.Step);
        return TimeSpan.FromSeconds(Math.Min(left, TimeSpan.MaxValue.TotalSeconds / 2));
    }

    private RunState State()
    {
        if (_status.Outcome is not null) return RunState.Ended;
        if (_trainingOver) return RunState.Evaluating;
        return _phase switch
        {
            LoopPhase.Starting => RunState.Starting,
            LoopPhase.WaitingForData => RunState.WaitingForData,
            LoopPhase.Paused => RunState.Paused,
            LoopPhase.InStep => RunState.Running,
            _ => RunState.Saving,
        };
    }
}
