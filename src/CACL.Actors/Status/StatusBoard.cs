using System.Collections.Immutable;
using CACL.Actors.Contracts;

namespace CACL.Actors.Status;

/// <summary>
/// Holds the status that the status actor published last. Readers get an immutable value, so nobody has to ask an actor or wait for one.
/// Thread-safe: one writer, any number of readers.
/// </summary>
internal sealed class StatusBoard(RunStatus first)
{
    private volatile Publication _last = new(first, ImmutableDictionary<string, ActorStatus>.Empty);

    /// <summary>The run's status.</summary>
    public RunStatus Status => _last.Status;

    /// <summary>The run's actors, parents before children.</summary>
    public IReadOnlyList<ActorStatus> Actors => ActorRegister.InOrder(_last.Actors.Values);

    /// <summary>Publishes a new status. Only the status actor calls this.</summary>
    public void Publish(RunStatus status, ImmutableDictionary<string, ActorStatus> actors) => _last = new Publication(status, actors);

    private sealed record Publication(RunStatus Status, ImmutableDictionary<string, ActorStatus> Actors);
}
