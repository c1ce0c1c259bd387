namespace CACL.Actors.Supervision;

/// <summary>Counts restarts within a sliding window, so that what fails again and again is not restarted for ever.</summary>
/// <param name="most">Restarts that one window may hold.</param>
/// <param name="length">Length of the window; <see cref="Timeout.InfiniteTimeSpan"/>: a restart counts until <see cref="Clear"/>.</param>
/// <param name="clock">Measures it. A wall clock that is set changes nothing.</param>
internal sealed class RestartWindow(int most, TimeSpan length, TimeProvider clock)
{
    private readonly Queue<long> _times = new();

    /// <summary>Restarts that one window may hold.</summary>
    public int Most => most;

    /// <summary>Length of the window.</summary>
    public TimeSpan Length => length;

    /// <summary>Restarts that the window held when the last one was noted, that one included.</summary>
    public int Count => _times.Count;

    /// <summary>Notes a restart that is due now. False: it is one too many.</summary>
    public bool Add()
    {
        _times.Enqueue(clock.GetTimestamp());
        while (length != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(_times.Peek()) > length) _times.Dequeue();
        return _times.Count <= most;
    }

    /// <summary>Forgets them all: what was restarted has shown that it works.</summary>
    public void Clear() => _times.Clear();
}
