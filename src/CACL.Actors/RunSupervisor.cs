using System.Globalization;
using System.Reflection;
using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using CACL.Actors.Checkpoints;
using CACL.Actors.Control;
using CACL.Actors.Decoding;
using CACL.Actors.Telemetry;
using CACL.Actors.Training;
using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;

namespace CACL.Actors;

/// <summary>
/// Owns a run: starts the tree, decides on failures, ends the run.
/// <code>
/// run ─┬─ control        restarted: settings that change while the run goes on, and their journal
///      ├─ telemetry      restarted, training never waits for it
///      ├─ checkpoints    restarted, the last good checkpoint stays
///      ├─ evaluator      restarted, training never waits for it
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
        vitals.Has(_memory, _quarantine);
        vitals.Actors.Started(Name, "run", ActorState.Busy);

        Receive<Stop>(message => StopGracefully(message.Reason));
        Receive<LoopReport.Copied>(copy =>
        {
            _savesOutstanding++;
            _vitals.Actors.Is(PathOf(_checkpoints), ActorState.Busy);
            _checkpoints.Tell(new CheckpointActor.Save(copy));
        });
        Receive<LoopReport.NotFinite>(NotFinite);
        Receive<LoopReport.Ended>(report => End(report));
        Receive<LoopReport.Crashed>(report =>
            OnceSaved(() => Fail(report.Step, $"The training loop failed after step {report.Step}: {TorchFault.Sentence(report.Cause.Message)}", report.Cause)));
        Receive<WaitedLongEnough>(_ => GoOn());
        Receive<CheckpointActor.Saved>(Saved);
        Receive<CheckpointActor.Delayed>(Delayed);
        Receive<CheckpointActor.GivenUp>(GivenUp);
        Receive<TrainerActor.Stalled>(message => Fail(_length.TotalSteps, message.Message, null));
        Receive<DecoderPoolActor.TooManyRestarts>(message => GiveUp(message.Message, message.Cause));
        Receive<CannotStart>(message => Fail(_parts.Start?.Step ?? 0, $"A part of the run could not start: {message.Cause.Message}", message.Cause));
        Receive<TooManyBad>(message => GiveUp(message.Message, null));
        Receive<TrainerActor.GetStatus>(Status);
        Receive<TrainerActor.RequestCheckpoint>(message => _trainer.Forward(message));
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
        _telemetry = Start(TelemetryActor.Props(_options.Directory, _parts.Observer, _parts.Instruments), "telemetry", "telemetry");
        if (!StartControl()) return;
        _checkpoints = Start(CheckpointActor.Props(_parts.Checkpoints, _options), "checkpoints", "checkpoints");
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

    protected override void PostStop()
    {
        _stream?.Dispose();
        _memory.Dispose();
        _completion.TrySetResult(new RunOutcome(RunEnd.Failed, 0, _lastCheckpoint, "The run's supervisor was stopped from outside."));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, cause =>
    {
        if (Sender.Equals(_evaluator)) return EvaluatorFailed(cause);
        if (cause is ActorInitializationException)
        {
            // Akka's own words about a constructor say nothing to the user.
            var inner = cause;
            while (inner is ActorInitializationException or TypeLoadException or TargetInvocationException && inner.InnerException is { } deeper) inner = deeper;
            _log.Error(inner, "Supervision: {Actor} cannot start: {Cause} Decision: end the run", Sender.Path.Name, inner.Message);
            _vitals.Actors.Decided(PathOf(Sender), $"end the run: it cannot start: {inner.Message}");
            Self.Tell(new CannotStart(inner));
            return Directive.Stop;
        }

        if (Sender.Equals(_telemetry) || Sender.Equals(_checkpoints) || Sender.Equals(_control))
        {
            _vitals.Actors.Restarted(PathOf(Sender), $"restarted, training goes on: {cause.Message}");
            _log.Error(cause, "Supervision: {Actor} failed: {Cause}. Decision: restarted, training goes on", Sender.Path.Name, cause.Message);
            _parts.Instruments?.Restarted(Sender.Path.Name);
            return Directive.Restart;
        }

        _log.Error(cause, "Supervision: {Actor} failed: {Cause}. Decision: end the run; the last good checkpoint stays", Sender.Path.Name, cause.Message);
        _vitals.Actors.Decided(PathOf(Sender), $"end the run: {cause.Message}");
        Self.Tell(new LoopReport.Crashed(0, cause));
        return Directive.Stop;
    }, loggingEnabled: false);

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
                _options.MaxDecoderRestarts, _options.DecoderRestartWindow, _options.MinBackOff, _options.MaxBackOff, _vitals, $"{Name}/decoders-{name}")
            {
                Instruments = _parts.Instruments,
            }),
            $"decoders-{name}",
            "decoders");
        var source = new PairSource(
            new SamplePlanner(_options.Sampling, _parts.Videos), _length, _decoders, _quarantine,
            video => telemetry.Tell(new TelemetryActor.Quarantined(video)), message => self.Tell(new TooManyBad(message)), _log);
        _stream = TrainingStream.Start(Context.Materializer(), source, firstStep, _length, _options, _memory.BytesPerPair);
        _vitals.Launched(_stream.Batches, firstStep);
        _trainer = Start(
            TrainerActor.Props(
                new TrainingLoop.Settings(
                    _parts.Engine, start?.Snapshot, firstStep, _length, SettingsOf, CheckpointIsDue, _options.OnNotFinite, [.. _skippedSteps]),
                _stream.Batches, _telemetry, _options.Evaluation.Schedule.When.Count > 0 ? _evaluator : ActorRefs.Nobody, _options.Watchdog, _parts.Clock, _vitals),
            $"trainer-{name}",
            "trainer");
        if (_pausedByUser) _trainer.Tell(new TrainerActor.Pause(Hold.User));

        StepSettings SettingsOf(long step) => live.Begin(step).OfStep(rate(step), _length.ProgressAt(step));
    }

    private void NotFinite(LoopReport.NotFinite report)
    {
        var result = report.Result;
        var what = $"The loss of step {report.Step + 1} is not finite ({Losses(result)}). "
            + $"Its batch: {string.Join(", ", report.Videos)}.";
        if (report.GoesOn)
        {
            _log.Warning("Supervision: {What} Decision: cacl.training.on-nan = skip, the step is left out", what);
            return;
        }

        OnceSaved(() => HaltOrRollBack(report, what));
    }

    private static string Losses(StepResult result) => string.Join(
        ", ", result.Metrics.Where(m => m.Spec.Kind == MetricKind.Loss).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Spec.Head} {m.Value:0.####}")));

    private void HaltOrRollBack(LoopReport.NotFinite report, string what)
    {
        var canRollBack = _options.OnNotFinite == OnNotFinite.Rollback && _launches <= _options.MaxRollbacks;
        if (!canRollBack || _parts.Checkpoints.LoadLatest() is not { } point)
        {
            _log.Error("Supervision: {What} Decision: end the run; the last good checkpoint stays", what);
            Fail(report.Step, $"{what} Nothing of it was saved. Lower cacl.training.learning-rate, or set cacl.training.on-nan to skip or rollback.", null);
            return;
        }

        _log.Warning("Supervision: {What} Decision: roll back to {Checkpoint} and leave the step out", what, point.Path);
        TearDown();
        _skippedSteps.Add(report.Step);
        _parts.Instruments?.Restarted("trainer");
        var former = PathOf(_trainer);
        Launch(point);
        _vitals.Actors.Replaced(former, PathOf(_trainer), $"rolled back to step {point.Step}: the loss of step {report.Step + 1} is not finite", ActorState.Busy);
    }

    private sealed record TooManyBad(string Message);

    private sealed record WaitedLongEnough;

    private sealed record CannotStart(Exception Cause);
}
