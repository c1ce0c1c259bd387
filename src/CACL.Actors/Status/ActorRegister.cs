using System.Collections.Immutable;
using CACL.Actors.Contracts;

namespace CACL.Actors.Status;

/// <summary>The actors of a run as their supervisors report them: those that run, and those that have stopped for good.</summary>
internal sealed class ActorRegister(TimeProvider clock)
{
    private ImmutableDictionary<string, ActorStatus> _actors = ImmutableDictionary<string, ActorStatus>.Empty;

    /// <summary>All actors by path, as an immutable snapshot.</summary>
    public ImmutableDictionary<string, ActorStatus> Now => _actors;

    /// <summary>Returns the actors with parents before children, and decoder-2 before decoder-10.</summary>
    public static IReadOnlyList<ActorStatus> InOrder(IEnumerable<ActorStatus> actors) =>
        [.. actors.OrderBy(actor => actor.Path, PathOrder.Instance)];

    /// <summary>Adds an actor that was started.</summary>
    public void Started(string path, string kind, ActorState state) =>
        _actors = _actors.SetItem(path, new ActorStatus(path, kind, state, 0, null, clock.GetLocalNow()));

    /// <summary>Replaces an actor that failed by another one, which continues its history.</summary>
    public void Replaced(string path, string by, string decision, ActorState state)
    {
        if (!_actors.TryGetValue(path, out var failed)) return;
        var replacement = failed with
        {
            Path = by,
            Restarts = failed.Restarts + 1,
            LastDecision = decision,
            State = state,
            Since = clock.GetLocalNow(),
        };
        _actors = _actors.Remove(path).SetItem(by, replacement);
    }

    /// <summary>Records a decision on an actor; an actor that was restarted keeps its name.</summary>
    public void Decided(string path, string decision, bool restarted) => Change(path, actor => restarted
        ? actor with { Restarts = actor.Restarts + 1, LastDecision = decision, State = ActorState.Idle, Since = clock.GetLocalNow() }
        : actor with { LastDecision = decision });

    /// <summary>Sets an actor's state.</summary>
    public void Is(string path, ActorState state) =>
        Change(path, actor => actor.State == state ? actor : actor with { State = state, Since = clock.GetLocalNow() });

    /// <summary>Sets the state of all actors of a kind.</summary>
    public void AllAre(string kind, ActorState state)
    {
        foreach (var actor in _actors.Values.Where(a => a.Kind == kind)) Is(actor.Path, state);
    }

    /// <summary>Removes an actor and its descendants.</summary>
    public void Gone(string path) =>
        _actors = _actors.RemoveRange(_actors.Keys.Where(k => k == path || k.StartsWith(path + "/", StringComparison.Ordinal)));

    private void Change(string path, Func<ActorStatus, ActorStatus> change)
    {
        if (_actors.TryGetValue(path, out var actor)) _actors = _actors.SetItem(path, change(actor));
    }

    private sealed class PathOrder : IComparer<string>
    {
        public static readonly PathOrder Instance = new();

        public int Compare(string? x, string? y) => string.CompareOrdinal(Padded(x!), Padded(y!));

        private static string Padded(string path) =>
            string.Join('\u0001', path.Split('/').Select(
                part => part.LastIndexOf('-') is >= 0 and var at ? part[..at] + part[(at + 1)..].PadLeft(12, '0') : part));
    }
}
