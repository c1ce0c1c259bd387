using CACL.Actors.Contracts;
using CACL.Learning.Weights;

namespace CACL.Actors.Loop;

/// <summary>
/// The few words that pass from other threads to the loop's thread; it reads them between two steps. Thread-safe, never blocks
/// the one who speaks.
/// </summary>
internal sealed class LoopControl(CheckpointSchedule schedule) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private volatile PauseReason _pauseReasons;
    private volatile bool _snapshotRequested;
    private volatile bool _snapshotOutstanding;
    private volatile bool _snapshotLost;
    private volatile TrainingSnapshot? _reusable;
    private volatile LoopPhase _phase;
    private volatile CheckpointSchedule _schedule = schedule;

    /// <summary>What the loop is doing.</summary>
    public LoopPhase Phase
    {
        get => _phase;
        set => _phase = value;
    }

    /// <summary>Signalled once the loop is to end after the step it is in.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>When snapshots fall due.</summary>
    public CheckpointSchedule Schedule
    {
        get => _schedule;
        set => _schedule = value;
    }

    /// <summary>Why the loop is held.</summary>
    public PauseReason PauseReasons => _pauseReasons;

    /// <summary>Whether a copy of the state is wanted as soon as possible, and there is memory for it.</summary>
    public bool SnapshotWanted => _snapshotRequested && !_snapshotOutstanding;

    /// <summary>Whether an earlier copy is still being written: there is memory for one.</summary>
    public bool SnapshotOutstanding => _snapshotOutstanding;

    /// <summary>Whether the last copy was given up, so that its state is on no disk.</summary>
    public bool SnapshotLost => _snapshotLost;

    /// <summary>Ends the loop after the step it is in.</summary>
    public void Stop()
    {
        _stop.Cancel();
        Change(() => { });
    }

    /// <summary>Asks for a copy of the state after the step it is in; at once where it is held.</summary>
    public void RequestSnapshot() => Change(() => _snapshotRequested = true);

    /// <summary>The last copy's memory, to be used again.</summary>
    public TrainingSnapshot? Reusable => _reusable;

    /// <summary>The loop made a copy.</summary>
    public void SnapshotTaken()
    {
        _snapshotRequested = false;
        _snapshotLost = false;
        _reusable = null;
        _snapshotOutstanding = true;
    }

    /// <summary>The copy was written, or given up; its memory is the loop's again.</summary>
    public void SnapshotReleased(TrainingSnapshot snapshot, bool lost = false)
    {
        Change(() =>
        {
            _snapshotLost = lost;
            _reusable = snapshot;
            _snapshotOutstanding = false;
        });
    }

    /// <summary>Holds the loop before its next step.</summary>
    public void Pause(PauseReason reason) => Change(() => _pauseReasons |= reason);

    /// <summary>Takes a reason back; lets the loop go on if none is left.</summary>
    public void Resume(PauseReason reason) => Change(() => _pauseReasons &= ~reason);

    /// <summary>Called by the loop before a step: waits while it is held. False: it is to end.</summary>
    /// <param name="takeSnapshot">Makes a copy of the state: one that is asked for meanwhile is made all the same.</param>
    /// <param name="paused">Told that the loop waits.</param>
    public bool WaitUntilRunning(Action takeSnapshot, Action paused)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_pauseReasons == PauseReason.None) return true;
            if (SnapshotWanted) takeSnapshot();
            paused();
            lock (_gate)
            {
                // Whoever changes one of these tells it afterwards, holding the lock: none is missed.
                if (_pauseReasons != PauseReason.None && !SnapshotWanted && !_stop.IsCancellationRequested) Monitor.Wait(_gate);
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Monitor.PulseAll(_gate);
        }
    }
}
