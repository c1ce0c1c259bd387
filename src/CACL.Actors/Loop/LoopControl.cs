using CACL.Actors.Contracts;
using CACL.Learning.Weights;

namespace CACL.Actors.Loop;

/// <summary>
/// The few words that pass from other threads to the loop's thread; it reads them between two steps. Thread-safe, never blocks
/// the one who speaks.
/// </summary>
internal sealed class LoopControl(CheckpointSchedule schedule, PauseReason holds) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private volatile PauseReason _holds = holds;
    private volatile bool _copyRequested;
    private volatile bool _copyOutstanding;
    private volatile bool _copyLost;
    private volatile TrainingSnapshot? _spent;
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
    public PauseReason Holds => _holds;

    /// <summary>Whether a copy of the state is wanted as soon as possible, and there is memory for it.</summary>
    public bool CopyWanted => _copyRequested && !_copyOutstanding;

    /// <summary>Whether an earlier copy is still being written: there is memory for one.</summary>
    public bool CopyOutstanding => _copyOutstanding;

    /// <summary>Whether the last copy was given up, so that its state is on no disk.</summary>
    public bool CopyLost => _copyLost;

    /// <summary>Ends the loop after the step it is in.</summary>
    public void Stop()
    {
        _stop.Cancel();
        Change(() => { });
    }

    /// <summary>Asks for a copy of the state after the step it is in; at once where it is held.</summary>
    public void RequestCopy() => Change(() => _copyRequested = true);

    /// <summary>The last copy's memory, to be used again.</summary>
    public TrainingSnapshot? Spent => _spent;

    /// <summary>The loop made a copy.</summary>
    public void CopyMade()
    {
        _copyRequested = false;
        _copyLost = false;
        _spent = null;
        _copyOutstanding = true;
    }

    /// <summary>The copy was written, or given up; its memory is the loop's again.</summary>
    public void CopyReleased(TrainingSnapshot spent, bool lost = false)
    {
        Change(() =>
        {
            _copyLost = lost;
            _spent = spent;
            _copyOutstanding = false;
        });
    }

    /// <summary>Holds the loop before its next step.</summary>
    public void HoldFor(PauseReason reason) => Change(() => _holds |= reason);

    /// <summary>Takes a reason back; lets the loop go on if none is left.</summary>
    public void Release(PauseReason reason) => Change(() => _holds &= ~reason);

    /// <summary>Called by the loop before a step: waits while it is held. False: it is to end.</summary>
    /// <param name="copy">Makes a copy of the state: one that is asked for meanwhile is made all the same.</param>
    /// <param name="paused">Told that the loop waits.</param>
    public bool WaitUntilRunning(Action copy, Action paused)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_holds == PauseReason.None) return true;
            if (CopyWanted) copy();
            paused();
            lock (_gate)
            {
                // Whoever changes one of these tells it afterwards, holding the lock: none is missed.
                if (_holds != PauseReason.None && !CopyWanted && !_stop.IsCancellationRequested) Monitor.Wait(_gate);
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
