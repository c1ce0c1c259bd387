using System.Collections.Immutable;
using CACL.Actors.Contracts;

namespace CACL.Actors.Status;

/// <summary>
/// Where the status actor publishes how the run stands. Whoever asks reads the last publication, which nobody changes any more, so nobody
/// has to be asked and nobody has to answer. Thread-safe: one writer, any number of readers.
/// </summary>
internal sealed class StatusBoard(RunStatus first)
{
    private volatile Publication _last = new(first, ImmutableDictionary<string, ActorStatus>.Empty);

    /// <summary>How the run stands.</summary>
    public RunStatus Status => _last.Status;

    /// <summary>Its actors, parents before children.</summary>
    public IReadOnlyList<ActorStatus> Actors => ActorRegister.InOrder(_last.Actors.Values);

    /// <summary>Called by the status actor alone.</summary>
    public void Publish(RunStatus status, ImmutableDictionary<string, ActorStatus> actors) => _last = new Publication(status, actors);

    private sealed record Publication(RunStatus Status, ImmutableDictionary<string, ActorStatus> Actors);
}
