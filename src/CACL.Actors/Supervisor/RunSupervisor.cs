using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Control;
using CACL.Actors.Decoding;
using CACL.Actors.Loop;
using CACL.Actors.Supervision;
using CACL.Actors.Telemetry;
using CACL.Actors.Training;
using CACL.Actors.Videos;
using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Owns a run: starts the tree, decides on failures, ends the run.
/// <code>
/// run ─┬─ control        restarted; too often: changes are refused from then on
///      ├─ telemetry      restarted; too often: training goes on without it
///      ├─ checkpoints    restarted; too often in a row: the run ends, since it cannot be saved
///      ├─ evaluator      restarted; too often: nothing is evaluated any more
///      ├─ decoders-N     its decoders are replaced; too often: the run ends
///      └─ trainer-N      a crash, a stall: the run ends. NaN: halt, skip or roll back (then N counts up)
/// </code>
/// </summary>
internal sealed partial class RunSupervisor : ReceiveActor, IWithTimers
{
    /// <summary>Its name.</summary>
    public const string Name = "run";

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RunOptions _options;
    private readonly RunParts _parts;
    private readonly TaskCompletionSource<RunOutcome> _completion;
    private readonly RunLength _length;
    private readonly Quarantine _quarantine;
    private readonly FramePairPool _memory;
    private readonly SortedSet<long> _skippedSteps = [];
    private IActorRef _telemetry = ActorRefs.Nobody;
    private IActorRef _checkpoints = ActorRefs.Nobody;
    private IActorRef _evaluator = ActorRefs.Nobody;
    private IActorRef _decoders = ActorRefs.Nobody;
    private IActorRef _trainer = ActorRefs.Nobody;
    private IMaterializer? _materializer;
    private TrainingStream? _stream;
    private string? _lastCheckpoint;
    private RunOutcome? _ending;
    private string? _stopReason;
    private RunOutcome? _failure;
    private int _launches;
    private int _savesOutstanding;
    private bool _finished;
    private Action? _onceSaved;

    public RunSupervisor(RunOptions options, RunParts parts, TaskCompletionSource<RunOutcome> completion, RunVitals vitals)
    {
        _options = options;
        _parts = parts;
        _completion = completion;
        _length = RunLength.Of(parts.Videos.Length, options.BatchSize, options.Epochs, options.MaxSteps);
        _quarantine = new Quarantine(parts.Videos.Length, parts.Unusable.Count, options.MaxBadShare);
        _memory = new FramePairPool(options.Sampling.CropSize);
        _lastCheckpoint = parts.Start?.Path;
        _vitals = vitals;
        _restarts = Windows();
        vitals.Has(_memory, _quarantine);
        vitals.Actors.Started(Name, "run", ActorState.Busy);

        Receive<Stop>(message => StopGracefully(message.Reason));
        Receive<LoopReport>(_ => { }, _ => _leaves); // of a training that is over already
        Receive<LoopReport.Copied>(copy =>
        {
            _savesOutstanding++;
            _vitals.Actors.Is(PathOf(_checkpoints), ActorState.Busy);
            _checkpoints.Tell(new CheckpointActor.Save(copy));
        });
        Receive<LoopReport.NotFinite>(NotFinite);
        Receive<LoopReport.Ended>(report => End(report));
        Receive<LoopReport.Crashed>(report =>
            OnceSaved(() => Fail(
                report.Step, $"The training loop failed after step {report.Step}: {TorchError.Sentence(report.Cause.Message)}",
                report.Cause)));
        Receive<WaitedLongEnough>(_ => GoOn());
        Receive<CheckpointActor.Saved>(Saved);
        Receive<CheckpointActor.Delayed>(Delayed);
        Receive<CheckpointActor.GivenUp>(GivenUp);
        Receive<TrainerActor.Stalled>(Stalled);
        Receive<DecoderPoolActor.TooManyRestarts>(message => GiveUp(message.Message, message.Cause));
        Receive<CannotStart>(message =>
        {
            if (message.Actor.Equals(_trainer)) _loopGone = true; // it never was
            if (message.Actor.Equals(_telemetry)) _telemetry = ActorRefs.Nobody; // or its last word would be waited for
            Fail(_parts.Start?.Step ?? 0, $"A part of the run could not start: {message.Cause.Message}", message.Cause);
        });
        Receive<PartFailed>(PartHasFailed, _ => !_leaves);
        Receive<TooManyBad>(message => GiveUp(message.Message, null));
        Receive<TrainerActor.GetStatus>(Status);
        Receive<RequestCheckpoint>(message =>
        {
            _checkpointAsked |= _rollsBack;
            _trainer.Forward(message);
        });
        ReceiveAboutRestarts();
        ReceiveAboutLeaving();
        ReceiveAboutEvaluations();
        ReceiveAboutControl();
    }

    /// <summary>Finish the step, save, end.</summary>
    internal sealed record Stop(string Reason);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(RunOptions options, RunParts parts, TaskCompletionSource<RunOutcome> completion, RunVitals vitals) =>
        Akka.Actor.Props.Create(() => new RunSupervisor(options, parts, completion, vitals));

    protected override void PreStart()
    {
        _telemetry = Start(TelemetryActor.Props(_options.Directory, _parts.Observer, _parts.Instruments), Telemetry, "telemetry");
        if (!StartControl()) return;
        _checkpoints = Start(CheckpointActor.Props(_parts.Checkpoints, _options), Checkpoints, "checkpoints");
        foreach (var video in _parts.Unusable) _telemetry.Tell(new TelemetryActor.Quarantined(video));
        if (_quarantine.TooMany)
        {
            Fail(0, _quarantine.Verdict, null);
            return;
        }

        _skippedSteps.UnionWith(_parts.Start?.SkippedSteps ?? []);
        StartEvaluator();
        _parts.Instruments?.Began(_parts.Start?.Step ?? 0, _length.TotalSteps);
        Launch(_parts.Start);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _completion.TrySetResult(
            new RunOutcome(RunEnd.Failed, _vitals.Step, _lastCheckpoint, $"The run's supervisor failed: {reason.Message}", reason));
        base.PreRestart(reason, message);
    }

    /// <summary>Its parent would have it begin anew: a second training in the same folder, of which nobody knows.</summary>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    protected override void PostStop()
    {
        _stream?.Dispose();
        _stream = null; // a failure ends here twice
        _memory.Dispose();
        _completion.TrySetResult(new RunOutcome(RunEnd.Failed, 0, _lastCheckpoint, "The run's supervisor was stopped from outside."));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new RestartLater(Decide, Restart);

    private void Launch(ResumePoint? start)
    {
        var name = ++_launches;
        var self = Self;
        var telemetry = _telemetry;
        var live = _vitals.Live;
        var rate = _options.LearningRateOver(_length);
        var firstStep = start?.Step ?? 0;
        live.GoTo(firstStep);
        _decoders = Start(
            DecoderPoolActor.Props(new DecoderPoolActor.Settings(
                live.Current.Decoders, _parts.Decoder, _parts.Library, _memory, _options.Sampling.CropSize, _options.DecodeTimeout,
                _options.MaxDecoderRestarts, _options.DecoderRestartWindow, _options.DecoderBackOff, _parts.Clock, _vitals,
                $"{Name}/decoders-{name}")
            {
                Instruments = _parts.Instruments,
            }),
            $"decoders-{name}",
            "decoders");
        Context.Watch(_decoders);
        var source = new PairSource(
            new SamplePlanner(_options.Sampling, _parts.Videos), _length, _decoders, _quarantine,
            video => telemetry.Tell(new TelemetryActor.Quarantined(video)), message => self.Tell(new TooManyBad(message)), _log);
        _materializer ??= Context.Materializer();
        _stream = TrainingStream.Start(_materializer, source, firstStep, _length, _options, _memory.BytesPerPair);
        _vitals.Launched(_stream.Batches, firstStep);
        _trainer = Start(
            TrainerActor.Props(
                new TrainingLoop.Settings(
                    _parts.Engine, start?.Snapshot, firstStep, _length, SettingsOf, CheckpointIsDue, _options.OnNotFinite,
                    [.. _skippedSteps]),
                _stream.Batches, _telemetry, _options.Evaluation.Schedule.When.Count > 0 ? _evaluator : ActorRefs.Nobody, _options.Watchdog,
                _parts.Clock, _vitals),
            $"trainer-{name}",
            "trainer");
        Arrived();
        if (_pausedByUser) _trainer.Tell(new TrainerActor.Pause(Hold.User));

        StepSettings SettingsOf(long step) => live.Begin(step).OfStep(rate(step), _length.ProgressAt(step));
    }

    private sealed record TooManyBad(string Message);

    /// <summary>To itself: a checkpoint that is just being written was waited for long enough.</summary>
    internal sealed record WaitedLongEnough;

    private sealed record CannotStart(IActorRef Actor, Exception Cause);
}
