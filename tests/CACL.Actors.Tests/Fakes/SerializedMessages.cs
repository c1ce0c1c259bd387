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
        ConfigurationFactory.ParseString("akka.actor.serialize-messages = on").WithFallback(Dispatchers.Configuration);
}
