using CACL.Actors.Contracts;
using CACL.Learning.Weights;

namespace CACL.Actors.Loop;

/// <summary>
/// Passes requests from other threads to the loop's thread, which reads them between two steps. Thread-safe; callers never block.
/// </summary>
internal sealed class LoopControl(CheckpointSchedule schedule, PauseReason pauseReasons) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private volatile PauseReason _pauseReasons = pauseReasons;
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

    /// <summary>Cancelled once the loop is to end after its current step.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>When snapshots are due.</summary>
    public CheckpointSchedule Schedule
    {
        get => _schedule;
        set => _schedule = value;
    }

    /// <summary>The reasons for which the loop is paused.</summary>
    public PauseReason PauseReasons => _pauseReasons;

    /// <summary>Whether a snapshot was requested and there is memory for it.</summary>
    public bool SnapshotWanted => _snapshotRequested && !_snapshotOutstanding;

    /// <summary>Whether an earlier snapshot is still being written. There is memory for one only.</summary>
    public bool SnapshotOutstanding => _snapshotOutstanding;

    /// <summary>Whether the last snapshot was given up, so that its state is on no disk.</summary>
    public bool SnapshotLost => _snapshotLost;

    /// <summary>Ends the loop after its current step.</summary>
    public void Stop()
    {
        _stop.Cancel();
        Change(() => { });
    }

    /// <summary>Requests a snapshot after the current step; while the loop is paused, at once.</summary>
    public void RequestSnapshot() => Change(() => _snapshotRequested = true);

    /// <summary>The last snapshot, whose memory can be used again.</summary>
    public TrainingSnapshot? Reusable => _reusable;

    /// <summary>Notes that the loop took a snapshot.</summary>
    public void SnapshotTaken()
    {
        _snapshotRequested = false;
        _snapshotLost = false;
        _reusable = null;
        _snapshotOutstanding = true;
    }

    /// <summary>Returns the memory of a snapshot that was written or given up.</summary>
    public void SnapshotReleased(TrainingSnapshot snapshot, bool lost = false)
    {
        Change(() =>
        {
            _snapshotLost = lost;
            _reusable = snapshot;
            _snapshotOutstanding = false;
        });
    }

    /// <summary>Pauses the loop before its next step.</summary>
    public void Pause(PauseReason reason) => Change(() => _pauseReasons |= reason);

    /// <summary>Revokes a reason to pause; the loop continues once none is left.</summary>
    public void Resume(PauseReason reason) => Change(() => _pauseReasons &= ~reason);

    /// <summary>Waits while the loop is paused; called by the loop before a step. Returns false if the loop is to end.</summary>
    /// <param name="settle">Called before it waits: finishes what is under way; returns false if the loop is to end.</param>
    /// <param name="takeSnapshot">Takes a snapshot; one that is requested during the pause is taken at once.</param>
    /// <param name="paused">Called when the loop starts to wait.</param>
    public bool WaitUntilRunning(Func<bool> settle, Action takeSnapshot, Action paused)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_pauseReasons == PauseReason.None) return true;
            if (!settle()) return false;
            if (SnapshotWanted) takeSnapshot();
            paused();
            lock (_gate)
            {
                // Every change by another thread is followed by a pulse under this lock, so none is missed.
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
