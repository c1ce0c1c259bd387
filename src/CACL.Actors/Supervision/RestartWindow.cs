namespace CACL.Actors.Supervision;

/// <summary>Counts restarts within a sliding window, so that an actor that keeps failing is not restarted for ever.</summary>
/// <param name="most">Maximum number of restarts within the window.</param>
/// <param name="length">Length of the window; <see cref="Timeout.InfiniteTimeSpan"/>: a restart counts until <see cref="Clear"/>.</param>
/// <param name="clock">Clock; setting the wall clock does not affect it.</param>
internal sealed class RestartWindow(int most, TimeSpan length, TimeProvider clock)
{
    private readonly Queue<long> _times = new();

    /// <summary>Maximum number of restarts within the window.</summary>
    public int Most => most;

    /// <summary>Length of the window.</summary>
    public TimeSpan Length => length;

    /// <summary>Number of restarts in the window when the last one was added, including that one.</summary>
    public int Count => _times.Count;

    /// <summary>Adds a restart. Returns false if it is one too many.</summary>
    public bool Add()
    {
        _times.Enqueue(clock.GetTimestamp());
        while (length != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(_times.Peek()) > length) _times.Dequeue();
        return _times.Count <= most;
    }

    /// <summary>Forgets all restarts, since the actor has shown that it works.</summary>
    public void Clear() => _times.Clear();
}
