using System.Threading.Channels;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Loop;
using CACL.Actors.Supervision;
using CACL.Actors.Telemetry;
using CACL.Data.Batches;
using CACL.Data.Wording;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Training;

/// <summary>
/// Represents the training loop. It computes nothing, so it answers within milliseconds while a step runs, and its watchdog checks that
/// steps are being finished.
/// </summary>
internal sealed class TrainerActor : ReceiveActor, IWithTimers
{
    private readonly TrainingLoop _loop;
    private readonly SnapshotShelf _shelf;
    private readonly TimeSpan _watchdog;
    private readonly TimeProvider _clock;
    private readonly RunInstruments? _instruments;
    private long _lastProgress;
    private StepMetrics? _last;
    private long _step;

    public TrainerActor(
        TrainingLoop.Settings settings, ChannelReader<PairBatch> batches, TimeSpan watchdog, TimeProvider clock,
        RunInstruments? instruments)
    {
        var self = Self;
        _loop = new TrainingLoop(settings, batches, report => self.Tell(report));
        _shelf = settings.Shelf;
        _watchdog = watchdog;
        _clock = clock;
        _instruments = instruments;
        _step = settings.FirstStep;
        Receive<TrainerProtocol.GetStatus>(_ => Sender.Tell(new TrainerProtocol.Status(_step, _loop.Control.Phase, _last)));
        Receive<TrainerProtocol.Stop>(_ => _loop.Control.Stop());
        Receive<TrainerProtocol.Leave>(_ =>
        {
            _loop.Control.Stop();
            Timers.CancelAll();
        });
        Receive<RunProtocol.RequestCheckpoint>(_ => _loop.Control.RequestSnapshot());
        Receive<TrainerProtocol.SnapshotReleased>(message =>
        {
            if (_shelf.Take(message.Snapshot) is { } snapshot) _loop.Control.SnapshotReleased(snapshot, message.Lost);
        });
        Receive<TrainerProtocol.Follow>(message => _loop.Control.Schedule = message.Schedule);
        Receive<TrainerProtocol.Pause>(message =>
        {
            _loop.Control.Pause(message.Reason);
            TellPauseReasons();
        });
        Receive<TrainerProtocol.Resume>(Resume);
        Receive<LoopReport.Ready>(_ => Progress());
        Receive<LoopReport.PhaseIs>(report => Context.Parent.Tell(report));
        Receive<LoopReport.TookBatch>(report => Context.Parent.Tell(report));
        Receive<LoopReport.Stepped>(Stepped);
        Receive<LoopReport>(report =>
        {
            Progress();
            Context.Parent.Tell(report);
        });
        Receive<CheckProgress>(_ => Watch());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(
        TrainingLoop.Settings settings, ChannelReader<PairBatch> batches, TimeSpan watchdog, TimeProvider clock,
        RunInstruments? instruments) =>
        Akka.Actor.Props.Create(() => new TrainerActor(settings, batches, watchdog, clock, instruments));

    protected override void PreStart()
    {
        Progress();
        if (_loop.Control.PauseReasons != PauseReason.None) TellPauseReasons();
        Timers.StartPeriodicTimer("watchdog", new CheckProgress(), _watchdog / 4);
        var (name, parent) = (Self.Path.Name, Context.Parent);
        new Thread(() => parent.Tell(new TrainerProtocol.LoopGone(name, _loop.Run() is { } fault ? Fault.Of(fault) : null)))
        {
            Name = "training",
            IsBackground = true,
        }.Start();
    }

    protected override void PostStop() => _loop.Control.Stop();

    private void Stepped(LoopReport.Stepped report)
    {
        Progress();
        _last = report.Metrics;
        _step = report.Metrics.Step;
        _instruments?.Progress(); // recorded here, since the run's health must not depend on telemetry
        Context.Parent.Tell(report);
    }

    private void Resume(TrainerProtocol.Resume message)
    {
        // The watchdog starts anew: no step could be finished during the pause.
        if (_loop.Control.PauseReasons != PauseReason.None) Progress();
        _loop.Control.Resume(message.Reason);
        TellPauseReasons();
    }

    private void TellPauseReasons() => Context.Parent.Tell(new TrainerProtocol.PauseReasonsAre(_loop.Control.PauseReasons));

    private void Progress() => _lastProgress = _clock.GetTimestamp();

    private void Watch()
    {
        var phase = _loop.Control.Phase;
        // A loop that is paused while it waits for data owes no step. A step that was started before the pause is still watched.
        var isPaused = _loop.Control.PauseReasons != PauseReason.None;
        if (phase is LoopPhase.Paused or LoopPhase.Ended || (phase is LoopPhase.WaitingForData && isPaused)) Progress();
        var silent = _clock.GetElapsedTime(_lastProgress);
        if (silent < _watchdog) return;
        var doing = phase switch
        {
            LoopPhase.WaitingForData => "it waits for data: the decoders deliver nothing",
            LoopPhase.InStep => "a step is being computed: the device may hang",
            LoopPhase.Copying => "the state is being copied",
            _ => "the state is being built",
        };
        Timers.CancelAll();
        Context.Parent.Tell(new SupervisionDecision(
            Self.PathInRun(), $"has finished no step for {(int)silent.TotalSeconds} s ({doing}).",
            "end the run; the last good checkpoint stays")
        {
            Verdict = SupervisionVerdict.RunEnds,
            IsGrave = true,
        });
        Context.Parent.Tell(new TrainerProtocol.Stalled(
            $"No step was finished for {silent.TotalSeconds:0} s, the limit of {SettingNames.Watchdog}; {doing}.",
            phase == LoopPhase.WaitingForData));
    }

    /// <summary>Asks itself to check that steps are being finished.</summary>
    internal sealed record CheckProgress : INoSerializationVerificationNeeded;
}
