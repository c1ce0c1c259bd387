using CACL.Learning.Method;

namespace CACL.Actors.Training;

/// <summary>What the loop's thread is doing.</summary>
public enum LoopPhase
{
    /// <summary>Building or restoring the state.</summary>
    Starting,

    /// <summary>Waiting for a batch.</summary>
    WaitingForData,

    /// <summary>Computing a step.</summary>
    InStep,

    /// <summary>Copying the state for a checkpoint.</summary>
    Copying,

    /// <summary>Waiting until a checkpoint could be written.</summary>
    Paused,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>
/// The few words that pass from other threads to the loop's thread; it reads them between two steps. Thread-safe, never blocks
/// the one who speaks.
/// </summary>
internal sealed class LoopControl : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _mayRun = new(initialState: true);
    private volatile bool _copyRequested;
    private volatile bool _copyOutstanding;
    private volatile bool _copyLost;
    private volatile TrainingSnapshot? _spent;
    private volatile LoopPhase _phase;

    /// <summary>What the loop is doing.</summary>
    public LoopPhase Phase
    {
        get => _phase;
        set => _phase = value;
    }

    /// <summary>Signalled once the loop is to end after the step it is in.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Whether a copy of the state is wanted as soon as possible.</summary>
    public bool CopyRequested => _copyRequested;

    /// <summary>Whether an earlier copy is still being written: there is memory for one.</summary>
    public bool CopyOutstanding => _copyOutstanding;

    /// <summary>Whether the last copy was given up, so that its state is on no disk.</summary>
    public bool CopyLost => _copyLost;

    /// <summary>Ends the loop after the step it is in.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Asks for a copy of the state after the step it is in.</summary>
    public void RequestCopy() => _copyRequested = true;

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
        _copyLost = lost;
        _spent = spent;
        _copyOutstanding = false;
    }

    /// <summary>Holds the loop before its next step.</summary>
    public void Pause() => _mayRun.Reset();

    /// <summary>Lets it go on.</summary>
    public void Resume() => _mayRun.Set();

    /// <summary>Called by the loop: waits while it is held. False: it is to end.</summary>
    public bool WaitUntilRunning()
    {
        if (_stop.IsCancellationRequested) return false;
        if (_mayRun.IsSet) return true;
        Phase = LoopPhase.Paused;
        try
        {
            _mayRun.Wait(_stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _mayRun.Dispose();
    }
}
