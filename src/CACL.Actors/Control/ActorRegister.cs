using System.Collections.Concurrent;

namespace CACL.Actors.Control;

/// <summary>What an actor is doing.</summary>
public enum ActorState
{
    /// <summary>Being made.</summary>
    Starting,

    /// <summary>It has nothing to do.</summary>
    Idle,

    /// <summary>It works.</summary>
    Busy,

    /// <summary>It waits: for data, or for its next try.</summary>
    Waiting,

    /// <summary>It is held.</summary>
    Paused,

    /// <summary>It ended, and is not started again.</summary>
    Stopped,
}

/// <summary>An actor of a run.</summary>
/// <param name="Path">Such as run/decoders-1/decoder-2.</param>
/// <param name="Kind">Such as decoder.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Restarts">How often it was restarted, or replaced after a failure.</param>
/// <param name="LastDecision">What its supervisor decided when it last failed, or null.</param>
/// <param name="Since">When it came into this state; for what changes many times a second, when it was started.</param>
public sealed record ActorStatus(string Path, string Kind, ActorState State, int Restarts, string? LastDecision, DateTimeOffset Since);

/// <summary>
/// The actors of a run as their supervisors tell of them. Thread-safe; holds as many as are alive, and those that ended for good.
/// </summary>
internal sealed class ActorRegister(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, ActorStatus> _actors = [];

    /// <summary>All of them, by path.</summary>
    public IReadOnlyList<ActorStatus> All => [.. _actors.Values.OrderBy(a => a.Path, PathOrder.Instance)];

    /// <summary>An actor was started.</summary>
    public void Started(string path, string kind, ActorState state = ActorState.Idle) =>
        _actors[path] = new ActorStatus(path, kind, state, 0, null, clock.GetLocalNow());

    /// <summary>An actor that failed goes on under its name.</summary>
    public void Restarted(string path, string decision) =>
        Change(path, actor =>
            actor with { Restarts = actor.Restarts + 1, LastDecision = decision, State = ActorState.Idle, Since = clock.GetLocalNow() });

    /// <summary>Another actor takes the place of one that failed, and its history.</summary>
    public void Replaced(string path, string by, string decision, ActorState state)
    {
        if (!_actors.TryRemove(path, out var former)) return;
        _actors[by] =
            former with { Path = by, Restarts = former.Restarts + 1, LastDecision = decision, State = state, Since = clock.GetLocalNow() };
    }

    /// <summary>A decision that leaves the actor as it is.</summary>
    public void Decided(string path, string decision) => Change(path, actor => actor with { LastDecision = decision });

    /// <summary>Its state changed.</summary>
    public void Is(string path, ActorState state) =>
        Change(path, actor => actor.State == state ? actor : actor with { State = state, Since = clock.GetLocalNow() });

    /// <summary>An actor and all below it are no more.</summary>
    public void Gone(string path)
    {
        foreach (var known in _actors.Keys.Where(k => k == path || k.StartsWith(path + "/", StringComparison.Ordinal)))
            _actors.TryRemove(known, out _);
    }

    private void Change(string path, Func<ActorStatus, ActorStatus> change)
    {
        while (_actors.TryGetValue(path, out var actor) && !_actors.TryUpdate(path, change(actor), actor))
        {
            // Somebody else changed it at the same moment: once more, from what it is now.
        }
    }

    /// <summary>Parents before children, decoder-2 before decoder-10.</summary>
    private sealed class PathOrder : IComparer<string>
    {
        public static readonly PathOrder Instance = new();

        public int Compare(string? x, string? y) => string.CompareOrdinal(Padded(x!), Padded(y!));

        private static string Padded(string path) =>
            string.Join('\u0001', path.Split('/').Select(
                part => part.LastIndexOf('-') is >= 0 and var at ? part[..at] + part[(at + 1)..].PadLeft(12, '0') : part));
    }
}
