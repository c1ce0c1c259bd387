using Akka.Actor;

namespace CACL.Actors.Supervision;

/// <summary>Names a run's actors in decisions and on the dashboard.</summary>
internal static class RunPaths
{
    /// <summary>Returns the actor's path below the user guardian, such as run/decoders-1/decoder-2.</summary>
    public static string PathInRun(this IActorRef actor) => string.Join('/', actor.Path.Elements.Skip(1));
}
