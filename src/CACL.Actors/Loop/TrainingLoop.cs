using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using CACL.Actors.Contracts;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Ranks;
using CACL.Learning.Weights;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Loop;

/// <summary>
/// The training loop: it takes a batch, computes a step, reports it, and takes a snapshot when a checkpoint is due. It runs on a thread of
/// its own, the only one that touches the engine and thus the run's tensors. When it returns, the engine is disposed. On a card a step's
/// numbers come late: the loop reads them after it has handed over the next step, and before it waits, pauses, saves or ends.
/// </summary>
internal sealed class TrainingLoop(TrainingLoop.Settings settings, ChannelReader<PairBatch> batches, Action<LoopReport> report)
{
    /// <summary>Maximum number of consecutive steps that are skipped because of losses that are not finite: more are no accident.</summary>
    private const int MostSkipsInARow = 10;

    private readonly HashSet<long> _skipped = [.. settings.SkippedSteps];
    private long _step = settings.FirstStep;
    private long _lastSnapshot = settings.FirstStep;
    private int _skipsInARow;
    private StepUnderway? _underway;
    private bool _halted;
    private long _finished;
    private double _snapshotSeconds;

    /// <summary>Passes requests of other threads to the loop.</summary>
    public LoopControl Control { get; } = new(settings.Schedule, settings.PauseReasons);

    /// <summary>Runs the training to its end. Never throws: the last report says how it ended.</summary>
    /// <returns>What went wrong while the engine was disposed, or null.</returns>
    [SuppressMessage(
        "Design", "CA1031", Justification = "The thread's outermost frame: whatever happened is reported to the actor, which decides.")]
    public Exception? Run()
    {
        ITrainingEngine? engine = null;
        try
        {
            engine = settings.Engine();
            Run(engine);
        }
        catch (Exception cause)
        {
            report(new LoopReport.Crashed(_step, Fault.Of(cause)));
        }

        Enter(LoopPhase.Ended);
        try
        {
            engine?.Dispose();
            return null;
        }
        catch (Exception cause)
        {
            return cause;
        }
    }

    private void Run(ITrainingEngine engine)
    {
        if (settings.Start is { } start)
        {
            engine.Restore(start);
            Control.SnapshotReleased(start);
        }

        if (settings.SnapshotRequested) Control.RequestSnapshot();
        report(new LoopReport.Ready());
        try
        {
            if (!Train(engine)) return;
        }
        catch (LostRankException lost) when (!lost.IsDrift)
        {
            report(new LoopReport.RankLost(_step, lost.Message));
        }

        if (_step > _lastSnapshot || Control.SnapshotLost) TakeSnapshot(engine, final: true);
        report(new LoopReport.Ended(_step, AllDone: _step >= settings.Length.TotalSteps));
    }

    /// <summary>
    /// Trains until the end or a request to stop. Returns false if losses are not finite and the run must not continue from here.
    /// </summary>
    private bool Train(ITrainingEngine engine)
    {
        while (_step < settings.Length.TotalSteps)
        {
            if (!batches.TryPeek(out _) && !Finish()) return false;
            var began = Stopwatch.GetTimestamp();
            if (Next() is not { } batch) return Finish();
            using (batch)
            {
                var waited = Stopwatch.GetElapsedTime(began);
                _underway?.Waited(waited);
                if (!Control.WaitUntilRunning(Finish, () => TakeSnapshot(engine, final: false), () => Enter(LoopPhase.Paused)))
                    return Finish();
                if (!_skipped.Contains(_step) && !Step(engine, batch, waited)) return false;
            }

            _step++;
            if (!SnapshotIsDue) continue;
            if (!Finish()) return false;
            TakeSnapshot(engine, final: false);
        }

        return Finish();
    }

    private bool SnapshotIsDue => !Control.SnapshotOutstanding
        && _step < settings.Length.TotalSteps
        && (Control.SnapshotWanted || _step >= Control.Schedule.NextAfter(_lastSnapshot));

    private PairBatch? Next()
    {
        Enter(LoopPhase.WaitingForData);
        PairBatch? batch;
        try
        {
            while (!batches.TryRead(out batch))
            {
                // Blocking is intended: the thread belongs to the loop and has nothing else to do.
                if (!batches.WaitToReadAsync(Control.Stopping).AsTask().GetAwaiter().GetResult()) return null;
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        report(new LoopReport.TookBatch(batches.CanCount ? batches.Count : 0));
        if (batch.Step == _step) return batch;
        using (batch)
            throw new InvalidOperationException($"The stream delivered the batch of step {batch.Step} where step {_step} was due.");
    }

    // Begins a step and finishes the one before, or both where the numbers are known at once. Returns false as Finish does.
    private bool Step(ITrainingEngine engine, PairBatch batch, TimeSpan waited)
    {
        Enter(LoopPhase.InStep);
        var began = Stopwatch.GetTimestamp();
        var numbers = engine.Begin(batch, settings.SettingsOf(_step));
        var begun = new StepUnderway(_step, numbers, [.. batch.Pairs.Select(p => p.Path)], began, waited, engine.Times);
        if (!Finish()) return false;
        _underway = begun;
        return !numbers.IsKnown || Finish();
    }

    // Reports the step that is under way, if one is. Returns false if losses are not finite and the run must not continue from here.
    private bool Finish()
    {
        if (_underway is not { } step) return !_halted;
        _underway = null;
        var result = step.Read(_finished, out var seconds, out var times);
        _finished = Stopwatch.GetTimestamp();
        if (!result.IsFinite) return LeaveOut(step, result);
        _skipsInARow = 0;
        report(new LoopReport.Stepped(new StepMetrics(
            step.Step + 1, (step.Step + 1) / settings.Length.StepsPerEpoch, result, seconds, step.WaitedBefore.TotalSeconds,
            step.Videos.Count * settings.Ranks)
        {
            Times = times,
            SnapshotSeconds = _snapshotSeconds,
        }));
        _snapshotSeconds = 0;
        return true;
    }

    private bool LeaveOut(StepUnderway step, StepResult result)
    {
        var goesOn = settings.OnNotFinite == OnNotFinite.Skip && ++_skipsInARow <= MostSkipsInARow;
        if (goesOn) _skipped.Add(step.Step);
        report(new LoopReport.NotFinite(step.Step, result, step.Videos, goesOn));
        _halted = !goesOn;
        return goesOn;
    }

    private void TakeSnapshot(ITrainingEngine engine, bool final)
    {
        Enter(LoopPhase.Copying);
        var began = Stopwatch.GetTimestamp();
        var snapshot = engine.Snapshot(Control.SnapshotOutstanding ? null : Control.Reusable);
        _lastSnapshot = _step;
        Control.SnapshotTaken();
        _snapshotSeconds += Stopwatch.GetElapsedTime(began).TotalSeconds;
        report(new LoopReport.SnapshotTaken(settings.Shelf.Put(snapshot, _step, [.. _skipped.Order()], final)));
    }

    private void Enter(LoopPhase phase)
    {
        if (Control.Phase == phase) return;
        Control.Phase = phase;
        report(new LoopReport.PhaseIs(phase));
    }

    /// <summary>Parameters of the loop.</summary>
    /// <param name="Engine">Creates the engine, on the loop's thread.</param>
    /// <param name="Start">Snapshot to start from; null: the engine's initial state.</param>
    /// <param name="FirstStep">Steps that the training had done by then.</param>
    /// <param name="Length">Length of the run.</param>
    /// <param name="SettingsOf">Returns the settings of a step, counted from 0, when it starts.</param>
    /// <param name="Schedule">When snapshots are due; the schedule can be replaced while the loop runs.</param>
    /// <param name="Shelf">Shelf for snapshots.</param>
    /// <param name="OnNotFinite">Reaction to losses that are not finite.</param>
    /// <param name="SkippedSteps">Steps to skip because their losses were not finite before.</param>
    internal sealed record Settings(
        Func<ITrainingEngine> Engine,
        TrainingSnapshot? Start,
        long FirstStep,
        RunLength Length,
        Func<long, StepSettings> SettingsOf,
        CheckpointSchedule Schedule,
        SnapshotShelf Shelf,
        OnNotFinite OnNotFinite,
        IReadOnlyList<long> SkippedSteps)
    {
        /// <summary>Whether a snapshot is due after the first step, since it was requested before the loop started.</summary>
        public bool SnapshotRequested { get; init; }

        /// <summary>Number of ranks that take each step together; each has as many pairs of the batch.</summary>
        public int Ranks { get; init; } = 1;

        /// <summary>Why the training is paused from the beginning: no step is computed before it is resumed.</summary>
        public PauseReason PauseReasons { get; init; }
    }
}
