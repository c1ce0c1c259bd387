using Akka.Actor;

namespace CACL.Actors.Supervision;

/// <summary>What a run's actors are called in decisions and on the dashboard.</summary>
internal static class RunPaths
{
    /// <summary>The actor's path below the guardian of all users' actors, such as run/decoders-1/decoder-2.</summary>
    public static string PathInRun(this IActorRef actor) => string.Join('/', actor.Path.Elements.Skip(1));
}
