namespace CACL.Actors.Supervisor;

/// <summary>Snapshots that are still to be written, and what waits for that: a checkpoint that is being written is the last good one.</summary>
internal sealed class SavesUnderway
{
    private Action? _next;

    /// <summary>Snapshots that are neither on the disk nor given up.</summary>
    public int Count { get; private set; }

    /// <summary>A snapshot was handed over to be written.</summary>
    public void Begun() => Count++;

    /// <summary>A snapshot was written or given up. True: none is left.</summary>
    public bool Done()
    {
        if (Count == 0) throw new InvalidOperationException("A snapshot was released that nobody had handed over.");
        return --Count == 0;
    }

    /// <summary>Has something follow once all are written, at once if they are. It takes the place of what was to follow before.</summary>
    /// <returns>Whether it has to wait.</returns>
    public bool Await(Action next)
    {
        _next = next;
        if (Count > 0) return true;
        GoOn();
        return false;
    }

    /// <summary>What waits happens now: all are written, or they were waited for long enough.</summary>
    public void GoOn()
    {
        var next = _next;
        _next = null;
        next?.Invoke();
    }

    /// <summary>What waits does not happen any more.</summary>
    public void Forget() => _next = null;
}
