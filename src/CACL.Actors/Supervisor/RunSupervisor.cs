using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Loop;
using CACL.Actors.Serialization;
using CACL.Actors.Status;
using CACL.Actors.Supervision;
using CACL.Actors.Telemetry;
using CACL.Actors.Training;
using CACL.Actors.Videos;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Owns a run: starts the tree, decides on failures, ends the run.
/// <code>
/// run ─┬─ status         resumed; too often: the dashboard's figures freeze
///      ├─ control        restarted; too often: changes are refused from then on
///      ├─ telemetry      restarted; too often: training goes on without it
///      ├─ checkpoints    restarted; too often in a row: the run ends, since it cannot be saved
///      ├─ evaluator      restarted; too often: nothing is evaluated any more
///      ├─ decoders-N     its decoders are replaced; too often: the run ends
///      └─ trainer-N      a crash, a stall: the run ends. NaN: halt, skip or roll back (then N counts up)
/// </code>
/// One that hangs is named; the run ends if it is the decoders' pool, the trainer, or the last state is to be saved.
/// Its state is in plain classes: how the run ends (<see cref="RunEnding"/>), which snapshots are still to be written
/// (<see cref="SavesUnderway"/>), how a training shuts down (<see cref="Departure"/>), and how often it is rolled back
/// (<see cref="RollBacks"/>).
/// </summary>
internal sealed partial class RunSupervisor : ReceiveActor, IWithTimers
{
    /// <summary>Name of the supervisor actor.</summary>
    public const string Name = "run";

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RunOptions _options;
    private readonly RunParts _parts;
    private readonly TaskCompletionSource<RunOutcome> _completion;
    private readonly StatusBoard _board;
    private readonly RunLength _length;
    private readonly Quarantine _quarantine;
    private readonly FramePairPool _memory;
    private readonly SnapshotShelf _shelf = new();
    private readonly RunEnding _ending = new();
    private readonly SavesUnderway _saves = new();
    private readonly Departure _departure = new();
    private readonly RollBacks _rollBacks;
    private readonly CollapseWatch _collapse;
    private IActorRef _status = ActorRefs.Nobody;
    private IActorRef _telemetry = ActorRefs.Nobody;
    private IActorRef _checkpoints = ActorRefs.Nobody;
    private IActorRef _evaluator = ActorRefs.Nobody;
    private IActorRef _decoders = ActorRefs.Nobody;
    private IActorRef _trainer = ActorRefs.Nobody;
    private IMaterializer? _materializer;
    private string? _lastCheckpoint;
    private long _step;

    public RunSupervisor(RunOptions options, RunParts parts, TaskCompletionSource<RunOutcome> completion, StatusBoard board)
    {
        _options = options;
        _parts = parts;
        _completion = completion;
        _board = board;
        _length = board.Status.Length;
        _quarantine = new Quarantine(parts.Videos.Length, parts.Unusable.Count, options.MaxBadShare);
        _memory = new FramePairPool(options.Sampling.CropSize);
        PairMemory.Of(Context.System).Use(_memory);
        _rollBacks = new RollBacks(options.OnNotFinite, options.MaxRollbacks);
        _step = parts.Start?.Step ?? 0;
        _collapse = CollapseWatch.After(options.Method, options.Directory, _step);
        _lastCheckpoint = parts.Start?.Path;
        _restarts = RestartWindows();
        _rounds = new Rounds(options.Watchdog, parts.Clock);
        ReceiveFromTraining();
        ReceiveAboutSaving();
        ReceiveAboutFailures();
        ReceiveAboutLeaving();
        ReceiveAboutEvaluations();
        ReceiveAboutControl();
        ReceiveAboutRounds();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(RunOptions options, RunParts parts, TaskCompletionSource<RunOutcome> completion, StatusBoard board) =>
        Akka.Actor.Props.Create(() => new RunSupervisor(options, parts, completion, board));

    protected override void PreStart()
    {
        StartStatus();
        StartRounds();
        _telemetry = Start(TelemetryActor.Props(_options.Directory, _parts.Observer, _parts.Instruments), Telemetry, "telemetry");
        if (!StartControl()) return;
        _checkpoints = Start(CheckpointActor.Props(_parts.Checkpoints, _shelf, _options), Checkpoints, "checkpoints");
        foreach (var video in _parts.Unusable) _telemetry.Tell(new TelemetryProtocol.Quarantined(video));
        if (_quarantine.TooMany)
        {
            Fail(0, _quarantine.Verdict, null);
            return;
        }

        _rollBacks.Resume(_parts.Start?.SkippedSteps ?? []);
        StartEvaluator();
        _parts.Instruments?.Began(_step, _length.TotalSteps);
        Launch(_parts.Start);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        Announce(new SupervisionDecision(Self.PathInRun(), Failed(reason), "end the run; the last good checkpoint stays")
        {
            Verdict = SupervisionVerdict.RunEnds,
            IsGrave = true,
            Fault = Fault.Of(reason),
        });
        _completion.TrySetResult(new RunOutcome(
            RunEnd.Failed, _step, _lastCheckpoint, $"The run's supervisor failed: {reason.Message}", Fault.Of(reason)));
        base.PreRestart(reason, message);
    }

    /// <summary>Stops instead of restarting: a restart would begin a second training in the same folder, of which nobody knows.</summary>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    protected override void PostStop()
    {
        _stream?.Dispose();
        _stream = null; // this runs twice after a failure
        _memory.Dispose();
        _completion.TrySetResult(new RunOutcome(RunEnd.Failed, 0, _lastCheckpoint, "The run's supervisor was stopped from outside."));
    }

    private void ReceiveFromTraining()
    {
        Receive<LoopReport>(Drop, _ => !Sender.Equals(_trainer)); // from a trainer that a roll-back left behind
        Receive<LoopReport.PhaseIs>(report => _status.Tell(report));
        Receive<LoopReport.TookBatch>(report => _status.Tell(report));
        Receive<LoopReport>(Drop, _ => _departure.IsUnderway); // from a training that is over
        Receive<LoopReport.Stepped>(Stepped);
        Receive<LoopReport.SnapshotTaken>(report =>
        {
            _saves.Begun();
            Is(_checkpoints, ActorState.Busy);
            _checkpoints.Tell(new CheckpointProtocol.Save(report.Snapshot));
        });
        Receive<LoopReport.NotFinite>(NotFinite);
        Receive<LoopReport.RankLost>(report => GiveUp(report.Message, null, _trainer.PathInRun()));
        Receive<LoopReport.Ended>(report =>
        {
            var knew = _ending.Outcome is not null || _ending.StopReason is not null;
            _ending.LoopEnded(report.Step, report.AllDone);
            if (!knew && !report.AllDone) AnnounceLoop("got no further batch: the stream ended before the last step.", null);
            if (_saves.Count == 0) EndTraining();
        });
        Receive<LoopReport.Crashed>(report =>
        {
            var why = $"failed after step {report.Step}: {TorchError.Sentence(report.Cause.Message)}";
            AnnounceLoop(why, report.Cause);
            OnceSaved(() => Fail(report.Step, $"The training loop {why}", report.Cause));
        });
        Receive<TrainerProtocol.PauseReasonsAre>(message => _status.Tell(message), _ => Sender.Equals(_trainer));
        Receive<TrainerProtocol.Stalled>(Stalled);
        Receive<PoolProtocol.TooManyRestarts>(message => GiveUp(message.Message, message.Cause));
        Receive<PoolProtocol.TooManyBad>(message => GiveUp(message.Message, null));
        Receive<PoolProtocol.Silent>(message => GiveUp(message.Message, null));
        Receive<PoolProtocol.StreamDied>(message => GiveUp(message.Message, null, Stream));
        Receive<TrainerProtocol.GetStatus>(message =>
        {
            if (_ending.TrainingIsOver) Sender.Tell(new TrainerProtocol.Status(_ending.Outcome!.Step, LoopPhase.Ended, null));
            else _trainer.Forward(message);
        });
    }

    private void AnnounceLoop(string what, Fault? cause) =>
        Announce(new SupervisionDecision(_trainer.PathInRun(), what, "end the run; the last good checkpoint stays")
        {
            Verdict = SupervisionVerdict.RunEnds,
            IsGrave = true,
            Fault = cause,
        });

    /// <summary>Drops a report that nobody acts on any more, and removes its snapshot from the shelf.</summary>
    private void Drop(LoopReport report)
    {
        if (report is LoopReport.SnapshotTaken taken) _ = _shelf.Take(taken.Snapshot);
    }

    private void Stepped(LoopReport.Stepped report)
    {
        _step = report.Metrics.Step;
        _status.Tell(report);
        _telemetry.Tell(report);
        _decoders.Tell(new PoolProtocol.Stepped(
            report.Metrics.WaitSeconds, report.Metrics.StepSeconds + report.Metrics.SnapshotSeconds,
            report.Metrics.Pairs / _options.Share.Ranks));
        if (_options.Evaluation.Schedule.When.Count > 0) _evaluator.Tell(report);
        foreach (var head in _collapse.Observe(report.Metrics))
            Announce(new SupervisionDecision(_trainer.PathInRun(), $"found that {head.What}.", head.Consequence));
        TellSettings();
    }

    private void Launch(ResumePoint? start, bool snapshotRequested = false)
    {
        var number = _rollBacks.Launch();
        var live = _live;
        var rate = _options.LearningRateOver(_length);
        _step = start?.Step ?? 0;
        live.GoTo(_step);
        StartDecoders(number, live.Current.Decoders);
        StartStream(_step);
        _status.Tell(new StatusProtocol.Launched(_step));
        TellSettings();
        _trainer = Start(
            TrainerActor.Props(
                new TrainingLoop.Settings(
                    _parts.Engine, start?.Snapshot, _step, _length, SettingsOf, Schedule(), _shelf, _options.OnNotFinite,
                    _rollBacks.SkippedSteps)
                {
                    SnapshotRequested = snapshotRequested,
                    Ranks = _options.Share.Ranks,
                    PauseReasons = _pausedByUser ? PauseReason.User : PauseReason.None,
                },
                _stream!.Batches, _options.Watchdog, _parts.Clock, _parts.Instruments),
            $"trainer-{number}",
            "trainer");
        _departure.Launched();

        StepSettings SettingsOf(long step) => live.Begin(step).OfStep(rate(step), _length, step);
    }

    private IActorRef Start(Props props, string name, string kind)
    {
        _status.Tell(new StatusProtocol.ActorStarted($"{Name}/{name}", kind));
        return Context.ActorOf(props, name);
    }
}
