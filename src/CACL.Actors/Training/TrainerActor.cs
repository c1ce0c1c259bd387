using System.Threading.Channels;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Control;
using CACL.Actors.Evaluation;
using CACL.Actors.Loop;
using CACL.Actors.Telemetry;
using CACL.Data.Batches;
using CACL.Learning.Weights;
using CACL.Runs.Steps;

namespace CACL.Actors.Training;

/// <summary>
/// Speaks for the training loop. It never computes, so it answers within milliseconds while a step runs, and it watches that steps
/// go on being finished.
/// </summary>
internal sealed class TrainerActor : ReceiveActor, IWithTimers
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _telemetry;
    private readonly IActorRef _evaluator;
    private readonly TrainingLoop _loop;
    private readonly TimeSpan _watchdog;
    private readonly TimeProvider _clock;
    private readonly RunVitals _vitals;
    private long _lastProgress;
    private StepMetrics? _last;
    private long _step;

    public TrainerActor(
        TrainingLoop.Settings settings, ChannelReader<PairBatch> batches, IActorRef telemetry, IActorRef evaluator, TimeSpan watchdog,
        TimeProvider clock, RunVitals vitals)
    {
        var self = Self;
        _loop = new TrainingLoop(settings, batches, report => self.Tell(report));
        _telemetry = telemetry;
        _evaluator = evaluator;
        _watchdog = watchdog;
        _clock = clock;
        _vitals = vitals;
        _step = settings.FirstStep;
        Receive<GetStatus>(_ => Sender.Tell(new Status(_step, _loop.Control.Phase, _last)));
        Receive<Stop>(_ => _loop.Control.Stop());
        Receive<Leave>(_ =>
        {
            _loop.Control.Stop();
            Timers.CancelAll();
        });
        Receive<RequestCheckpoint>(_ => _loop.Control.RequestCopy());
        Receive<CheckpointReleased>(message => _loop.Control.CopyReleased(message.Snapshot, message.Lost));
        Receive<Pause>(message => _loop.Control.HoldFor(message.Reason));
        Receive<Resume>(GoOn);
        Receive<LoopReport.Ready>(_ => Progress());
        Receive<LoopReport.Stepped>(Stepped);
        Receive<LoopReport>(report =>
        {
            Progress();
            Context.Parent.Tell(report);
        });
        Receive<Look>(_ => Watch());
    }

    /// <summary>Asks for <see cref="Status"/>.</summary>
    internal sealed record GetStatus;

    /// <summary>How the training stands.</summary>
    internal sealed record Status(long Step, LoopPhase Phase, StepMetrics? Last);

    /// <summary>End after the step that runs.</summary>
    internal sealed record Stop;

    /// <summary>The training is over whatever the loop does: as <see cref="Stop"/>, and its steps are not watched any more.</summary>
    internal sealed record Leave;

    /// <summary>To the parent, from the loop's own thread: that ends, and nothing of the engine is left.</summary>
    /// <param name="Trainer">Whose loop it was.</param>
    /// <param name="Fault">What went wrong while the engine was given up, or null.</param>
    internal sealed record LoopGone(IActorRef Trainer, Exception? Fault);

    /// <summary>The last copy is written or given up: its memory can be used for another.</summary>
    internal sealed record CheckpointReleased(TrainingSnapshot Snapshot, bool Lost);

    /// <summary>Hold the loop before its next step.</summary>
    internal sealed record Pause(Hold Reason);

    /// <summary>That reason to hold it is gone.</summary>
    internal sealed record Resume(Hold Reason);

    /// <summary>To the parent: no step was finished within the watchdog's time.</summary>
    internal sealed record Stalled(string Message);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(
        TrainingLoop.Settings settings, ChannelReader<PairBatch> batches, IActorRef telemetry, IActorRef evaluator, TimeSpan watchdog,
        TimeProvider clock, RunVitals vitals) =>
        Akka.Actor.Props.Create(() => new TrainerActor(settings, batches, telemetry, evaluator, watchdog, clock, vitals));

    protected override void PreStart()
    {
        Progress();
        _vitals.Trains(_loop.Control);
        Timers.StartPeriodicTimer("watchdog", new Look(), _watchdog / 4);
        var (self, parent) = (Self, Context.Parent);
        new Thread(() => parent.Tell(new LoopGone(self, _loop.Run()))) { Name = "training", IsBackground = true }.Start();
    }

    protected override void PostStop() => _loop.Control.Stop();

    private void Stepped(LoopReport.Stepped report)
    {
        Progress();
        _last = report.Metrics;
        _step = report.Metrics.Step;
        _vitals.Stepped(report.Metrics);
        _telemetry.Tell(new TelemetryActor.Stepped(report.Metrics));
        _evaluator.Tell(new EvaluatorActor.Stepped(report.Metrics));
    }

    private void GoOn(Resume message)
    {
        // The watchdog's time begins anew: nothing could be finished meanwhile.
        if (_loop.Control.Holds != Hold.None) Progress();
        _loop.Control.Release(message.Reason);
    }

    private void Progress() => _lastProgress = _clock.GetTimestamp();

    private void Watch()
    {
        var phase = _loop.Control.Phase;
        // Held while it waits for data: the step is not awaited. One that was begun before is, however.
        if (phase is LoopPhase.Paused or LoopPhase.Ended || (phase is LoopPhase.WaitingForData && _loop.Control.Holds != Hold.None))
            Progress();
        var silent = _clock.GetElapsedTime(_lastProgress);
        if (silent < _watchdog) return;
        var doing = phase switch
        {
            LoopPhase.WaitingForData => "it waits for data: the decoders deliver nothing",
            LoopPhase.InStep => "a step is being computed: the device may hang",
            LoopPhase.Copying => "the state is being copied",
            _ => "the state is being built",
        };
        _log.Error(
            "Supervision: {Actor} has finished no step for {Seconds} s ({Doing}). Decision: end the run; the last good checkpoint stays",
            Self.Path.Name, (int)silent.TotalSeconds, doing);
        Timers.CancelAll();
        Context.Parent.Tell(new Stalled(
            $"No step was finished for {silent.TotalSeconds:0} s, the limit of cacl.training.watchdog; {doing}."));
    }

    /// <summary>To itself: see whether steps go on being finished.</summary>
    internal sealed record Look;
}
