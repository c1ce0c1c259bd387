using Akka.Actor;
using Akka.Actor.Internal;

namespace CACL.Actors.Supervision;

/// <summary>
/// One-for-one supervision with back-off: an actor to be restarted stays suspended while its messages wait in the mailbox, and its
/// supervisor restarts it by <see cref="Now"/> when the back-off is over.
/// </summary>
/// <param name="decide">Returns the directive for a child that failed.</param>
/// <param name="later">Called with each child that is to be restarted, and the cause.</param>
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

    /// <summary>Restarts a suspended child. Does nothing if it was stopped meanwhile.</summary>
    public static void Now(IActorRef child, Exception cause) => ((IInternalActorRef)child).Restart(cause);
}
