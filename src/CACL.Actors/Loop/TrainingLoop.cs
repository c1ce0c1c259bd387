using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using CACL.Actors.Contracts;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Weights;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Loop;

/// <summary>
/// The loop: take a batch, compute a step, report it, copy the state when a checkpoint is due. It runs on a thread of its own,
/// which alone touches the engine and so every tensor of the run. When it returns, the engine is gone.
/// </summary>
internal sealed class TrainingLoop(TrainingLoop.Settings settings, ChannelReader<PairBatch> batches, Action<LoopReport> report)
{
    /// <summary>Losses that are not finite so often in a row are no accident any more.</summary>
    private const int MostSkipsInARow = 10;

    private readonly HashSet<long> _skipped = [.. settings.SkippedSteps];
    private long _step = settings.FirstStep;
    private long _lastCopied = settings.FirstStep;
    private int _skipsInARow;
    private double _copying;

    /// <summary>How others speak to the loop.</summary>
    public LoopControl Control { get; } = new(settings.Schedule, settings.Holds);

    /// <summary>Runs to the end. Never throws: the last report says how it ended.</summary>
    /// <returns>What went wrong while the engine was given up, or null.</returns>
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
            Control.CopyReleased(start);
        }

        if (settings.SnapshotAsked) Control.RequestCopy();
        report(new LoopReport.Ready());
        if (!Train(engine)) return;
        if (_step > _lastCopied || Control.CopyLost) Copy(engine, final: true);
        report(new LoopReport.Ended(_step, AllDone: _step >= settings.Length.TotalSteps));
    }

    /// <summary>False: the losses are not finite and the run is not to go on from here.</summary>
    private bool Train(ITrainingEngine engine)
    {
        while (_step < settings.Length.TotalSteps)
        {
            var began = Stopwatch.GetTimestamp();
            if (Next() is not { } batch) return true;
            using (batch)
            {
                var waited = Stopwatch.GetElapsedTime(began);
                if (!Control.WaitUntilRunning(() => Copy(engine, final: false), () => Enter(LoopPhase.Paused))) return true;
                if (!_skipped.Contains(_step) && !Step(engine, batch, waited)) return false;
            }

            _step++;
            if (CopyIsDue) Copy(engine, final: false);
        }

        return true;
    }

    private bool CopyIsDue => !Control.CopyOutstanding
        && _step < settings.Length.TotalSteps
        && (Control.CopyWanted || _step >= Control.Schedule.NextAfter(_lastCopied));

    private PairBatch? Next()
    {
        Enter(LoopPhase.WaitingForData);
        PairBatch? batch;
        try
        {
            while (!batches.TryRead(out batch))
            {
                // The thread is the loop's own and has nothing else to do: blocking it is the point.
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

    private bool Step(ITrainingEngine engine, PairBatch batch, TimeSpan waited)
    {
        Enter(LoopPhase.InStep);
        var told = settings.SettingsOf(_step);
        var began = Stopwatch.GetTimestamp();
        var result = engine.Step(batch, told);
        if (!result.IsFinite) return LeaveOut(batch, result);
        _skipsInARow = 0;
        report(new LoopReport.Stepped(new StepMetrics(
            _step + 1,
            (_step + 1) / settings.Length.StepsPerEpoch,
            result,
            Stopwatch.GetElapsedTime(began).TotalSeconds,
            waited.TotalSeconds,
            batch.Pairs.Count)
        {
            Times = engine.Times,
            SnapshotSeconds = _copying,
        }));
        _copying = 0;
        return true;
    }

    private bool LeaveOut(PairBatch batch, StepResult result)
    {
        var goesOn = settings.OnNotFinite == OnNotFinite.Skip && ++_skipsInARow <= MostSkipsInARow;
        if (goesOn) _skipped.Add(_step);
        report(new LoopReport.NotFinite(_step, result, [.. batch.Pairs.Select(p => p.Path)], goesOn));
        return goesOn;
    }

    private void Copy(ITrainingEngine engine, bool final)
    {
        Enter(LoopPhase.Copying);
        var began = Stopwatch.GetTimestamp();
        var snapshot = engine.Snapshot(Control.CopyOutstanding ? null : Control.Spent);
        _lastCopied = _step;
        Control.CopyMade();
        _copying += Stopwatch.GetElapsedTime(began).TotalSeconds;
        report(new LoopReport.Copied(settings.Shelf.Put(snapshot, _step, [.. _skipped.Order()], final)));
    }

    private void Enter(LoopPhase phase)
    {
        if (Control.Phase == phase) return;
        Control.Phase = phase;
        report(new LoopReport.PhaseIs(phase));
    }

    /// <summary>What the loop needs.</summary>
    /// <param name="Engine">Makes the engine, on the loop's thread.</param>
    /// <param name="Start">State to start from; null: as the engine begins.</param>
    /// <param name="FirstStep">Steps that the state has behind it.</param>
    /// <param name="Length">Length of the run.</param>
    /// <param name="SettingsOf">Told that a step, counted from 0, begins: what it is told.</param>
    /// <param name="Schedule">When snapshots fall due; another one may be set while the loop runs.</param>
    /// <param name="Shelf">Where snapshots are laid.</param>
    /// <param name="OnNotFinite">What to do about losses that are not finite.</param>
    /// <param name="SkippedSteps">Steps to leave out because their losses were not finite before.</param>
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
        /// <summary>Whether a snapshot is wanted after the first step, since somebody asked for it before the loop was there.</summary>
        public bool SnapshotAsked { get; init; }

        /// <summary>Why it is held from the beginning: not one step is computed before it is let go.</summary>
        public PauseReason Holds { get; init; }
    }
}
