using Akka.Actor;
using Akka.Actor.Internal;

namespace CACL.Actors.Supervision;

/// <summary>
/// Akka's one-for-one supervision, except that an actor to be restarted is not restarted at once: it stays suspended, what it is told
/// waits in its mailbox, and its supervisor restarts it by <see cref="Now"/> when its back-off is over.
/// </summary>
/// <param name="decide">What becomes of a child that failed.</param>
/// <param name="later">Told of each child that is to be restarted, and why.</param>
internal sealed class RestartLater(Func<Exception, Directive> decide, Action<IActorRef, Exception> later)
    : OneForOneStrategy(-1, -1, decide, loggingEnabled: false)
{
    /// <inheritdoc/>
    public override void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        if (restart) later(child, cause);
        else context.Stop(child);
    }

    /// <summary>Restarts a child that was left suspended. Nothing happens to one that was stopped meanwhile.</summary>
    public static void Now(IActorRef child, Exception cause) => ((IInternalActorRef)child).Restart(cause);
}
