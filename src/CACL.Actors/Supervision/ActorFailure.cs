using System.Reflection;
using Akka.Actor;

namespace CACL.Actors.Supervision;

/// <summary>Why an actor failed.</summary>
internal static class ActorFailure
{
    /// <summary>The exception behind those in which Akka wraps what a constructor throws: their words say nothing to the user.</summary>
    public static Exception Unwrapped(this Exception cause)
    {
        while (cause is ActorInitializationException or TypeLoadException or TargetInvocationException && cause.InnerException is { } inner)
            cause = inner;
        return cause;
    }
}
