namespace CACL.Actors.Supervisor;

/// <summary>
/// Remembers who was asked for a sign of life and has not given it. An actor that hangs in a call handles no message, so it does not answer
/// either. The time that nobody was asked, such as that in which the whole process was stopped, does not count against anybody.
/// </summary>
/// <param name="limit">How long an actor may owe its answer.</param>
/// <param name="clock">Clock; setting the wall clock does not affect it.</param>
internal sealed class Rounds(TimeSpan limit, TimeProvider clock)
{
    private readonly Dictionary<string, (long Asked, bool Told)> _owing = [];

    /// <summary>The time between two rounds.</summary>
    public TimeSpan Between => limit / 4;

    /// <summary>Returns whether to ask this actor now: it is not asked again before it has answered.</summary>
    public bool Ask(string name) => _owing.TryAdd(name, (clock.GetTimestamp(), false));

    /// <summary>Notes an answer. Returns whether the actor was told to hang.</summary>
    public bool Answered(string name) => _owing.Remove(name, out var owed) && owed.Told;

    /// <summary>Returns how long an actor has owed its answer, if that is longer than it may.</summary>
    /// <param name="name">The actor.</param>
    /// <param name="share">The share of the limit that this actor may take.</param>
    public TimeSpan? Overdue(string name, double share = 1) =>
        _owing.TryGetValue(name, out var owed) && clock.GetElapsedTime(owed.Asked) is var silent && silent >= limit * share
            ? silent : null;

    /// <summary>Notes that an actor is told to hang. Returns false if it was before.</summary>
    public bool Tell(string name)
    {
        var (asked, told) = _owing[name];
        _owing[name] = (asked, true);
        return !told;
    }
}
