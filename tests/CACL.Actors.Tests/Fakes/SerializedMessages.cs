using Akka.Configuration;
using CACL.Actors.Supervision;

namespace CACL.Actors.Tests.Fakes;

/// <summary>
/// Has every message between actors serialized and deserialized, with the program's actor configuration: actors that pass these tests could
/// run in different processes.
/// </summary>
internal static class SerializedMessages
{
    public static Config Configuration { get; } =
        ConfigurationFactory.ParseString(
            """
            akka.actor.serialize-messages = on
            # Akka's own messages, with which tests look for actors, never leave a process, and the program's configuration refuses them.
            akka.actor.serializers.json = "Akka.Serialization.NewtonSoftJsonSerializer, Akka"
            """).WithFallback(Dispatchers.Configuration);
}
