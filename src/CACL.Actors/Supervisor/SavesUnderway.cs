namespace CACL.Actors.Supervisor;

/// <summary>
/// Counts snapshots that are still to be written, and holds the action that waits for them: a checkpoint that is being written becomes the
/// last good one.
/// </summary>
internal sealed class SavesUnderway
{
    private Action? _next;

    /// <summary>Number of snapshots that are neither on disk nor given up.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a snapshot that was passed on to be written.</summary>
    public void Begun() => Count++;

    /// <summary>Counts a snapshot as written or given up. Returns whether none is left.</summary>
    public bool Done()
    {
        if (Count == 0) throw new InvalidOperationException("A snapshot was released that nobody had handed over.");
        return --Count == 0;
    }

    /// <summary>Sets the action to take once all are written, which may be at once; it replaces an earlier one.</summary>
    /// <returns>Whether the action has to wait.</returns>
    public bool Await(Action next)
    {
        _next = next;
        if (Count > 0) return true;
        GoOn();
        return false;
    }

    /// <summary>Takes the waiting action now: all are written, or the time limit has passed.</summary>
    public void GoOn()
    {
        var next = _next;
        _next = null;
        next?.Invoke();
    }

    /// <summary>Drops the waiting action.</summary>
    public void Forget() => _next = null;
}
