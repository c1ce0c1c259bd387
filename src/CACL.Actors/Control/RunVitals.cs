using System.Threading.Channels;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Loop;
using CACL.Actors.Telemetry;
using CACL.Actors.Videos;
using CACL.Data.Batches;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Actors.Control;

/// <summary>
/// Where the parts of a run leave what they are doing, for whoever asks: nobody has to be asked, so nobody has to answer. Each place
/// has one writer; reading never waits. Thread-safe.
/// </summary>
internal sealed class RunVitals
{
    // About the last twenty steps: fast enough to follow, slow enough to read.
    private const double Fresh = 0.1;

    private readonly RunOptions _options;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private readonly DateTimeOffset _started;
    private readonly RunLength _length;
    private readonly RunInstruments? _instruments;
    private volatile LoopControl? _loop;
    private volatile ChannelReader<PairBatch>? _batches;
    private volatile FramePairPool? _memory;
    private volatile Quarantine? _quarantine;
    private volatile LiveControl? _live;
    private volatile SavedCheckpoint? _checkpoint;
    private volatile RunOutcome? _ending;
    private volatile RunOutcome? _outcome;
    private volatile Pace? _pace;
    private long _step;
    private int _decoders;
    private int _decodersBusy;
    private volatile bool _stopping;

    public RunVitals(RunOptions options, RunLength length, TimeProvider clock, RunInstruments? instruments, ResumePoint? start)
    {
        _options = options;
        _clock = clock;
        _length = length;
        _instruments = instruments;
        _began = _clock.GetTimestamp();
        _started = _clock.GetLocalNow();
        Actors = new ActorRegister(_clock);
        if (start is null) return;
        _step = start.Step;
        _checkpoint = new SavedCheckpoint(start.Step, _started, start.Path);
    }

    /// <summary>The actor tree.</summary>
    public ActorRegister Actors { get; }

    /// <summary>The live settings; set before anything else starts.</summary>
    public LiveControl Live
    {
        get => _live!;
        set => _live = value;
    }

    /// <summary>Steps done.</summary>
    public long Step => Volatile.Read(ref _step);

    /// <summary>The run's memory and its list of bad videos.</summary>
    public void Has(FramePairPool memory, Quarantine quarantine) => (_memory, _quarantine) = (memory, quarantine);

    /// <summary>A training begins, at a step: at the start, and after a roll-back.</summary>
    public void Launched(ChannelReader<PairBatch> batches, long step)
    {
        _batches = batches;
        Volatile.Write(ref _step, step);
    }

    /// <summary>The loop that trains.</summary>
    public void Trains(LoopControl loop) => _loop = loop;

    /// <summary>A step is done.</summary>
    public void Stepped(StepMetrics step)
    {
        Volatile.Write(ref _step, step.Step);
        _instruments?.Progress(); // here, since the run's health must not depend on telemetry
        var seconds = step.StepSeconds + step.WaitSeconds + step.SnapshotSeconds;
        _pace = new Pace(step, _pace is { } pace ? ((1 - Fresh) * pace.Seconds) + (Fresh * seconds) : seconds);
    }

    /// <summary>How many decoders are alive, and how many of them work.</summary>
    public void Decode(int decoders, int busy)
    {
        Volatile.Write(ref _decoders, decoders);
        Volatile.Write(ref _decodersBusy, busy);
        _instruments?.DecodersAre(decoders);
    }

    /// <summary>A checkpoint is on the disk.</summary>
    public void Saved(string path, long step) => _checkpoint = new SavedCheckpoint(step, _clock.GetLocalNow(), path);

    /// <summary>The run was asked to end.</summary>
    public void Stops() => _stopping = true;

    /// <summary>The training is over; evaluations may still be made.</summary>
    public void TrainingOver(RunOutcome ending) => _ending = ending;

    /// <summary>Everything is over.</summary>
    public void Over(RunOutcome outcome) => _outcome = outcome;

    /// <summary>How the run stands.</summary>
    public RunStatus Status()
    {
        var (pace, loop, holds) = (_pace, _loop, _loop?.Holds ?? Hold.None);
        var step = Volatile.Read(ref _step);
        var batches = _batches;
        return new RunStatus
        {
            State = State(loop),
            PausedByUser = holds.HasFlag(Hold.User),
            PausedByCheckpoint = holds.HasFlag(Hold.Checkpoint),
            Stopping = _stopping,
            Step = step,
            Length = _length,
            Started = _started,
            Elapsed = _clock.GetElapsedTime(_began),
            Remaining = pace is not null && holds == Hold.None && _ending is null
                ? TimeSpan.FromSeconds(Math.Min(pace.Seconds * Math.Max(0, _length.TotalSteps - step), TimeSpan.MaxValue.TotalSeconds / 2))
                : null,
            PairsPerSecond = pace is { Seconds: > 0 } ? pace.Last.Pairs / pace.Seconds : null,
            Times = _instruments?.Steps.Figures,
            SecondsPerDecode = _instruments?.Decoding.SecondsPerPair,
            Last = pace?.Last,
            Checkpoint = _checkpoint,
            BatchesWaiting = batches is { CanCount: true } ? batches.Count : 0,
            BatchCapacity = _options.PrefetchBatches,
            BytesInFlight = _memory is { } memory ? memory.Rented * memory.BytesPerPair : 0,
            BytesLimit = _options.InFlightMemory,
            Decoders = Volatile.Read(ref _decoders),
            DecodersBusy = Volatile.Read(ref _decodersBusy),
            Settings = _live?.Current ?? _options.LiveSettings,
            Ahead = _live?.Ahead ?? [],
            Quarantined = _quarantine?.Bad ?? 0,
            Outcome = _outcome,
        };
    }

    /// <summary>The actors, the trainer's state as its loop has it.</summary>
    public IReadOnlyList<ActorStatus> ActorTree()
    {
        var state = _loop?.Phase switch
        {
            LoopPhase.Starting => ActorState.Starting,
            LoopPhase.WaitingForData => ActorState.Waiting,
            LoopPhase.Paused => ActorState.Paused,
            LoopPhase.Ended => ActorState.Stopped,
            _ => ActorState.Busy,
        };
        return [.. Actors.All.Select(a => a.Kind == "trainer" ? a with { State = state } : a)];
    }

    private RunState State(LoopControl? loop)
    {
        if (_outcome is not null) return RunState.Ended;
        if (_ending is not null) return RunState.Evaluating;
        return loop?.Phase switch
        {
            null or LoopPhase.Starting => RunState.Starting,
            LoopPhase.WaitingForData => RunState.WaitingForData,
            LoopPhase.Paused => RunState.Paused,
            LoopPhase.InStep => RunState.Running,
            _ => RunState.Saving,
        };
    }

    private sealed record Pace(StepMetrics Last, double Seconds);
}
