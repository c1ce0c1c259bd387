using Akka.Configuration;
using CACL.Actors.Supervision;

namespace CACL.Actors.Tests.Fakes;

/// <summary>
/// The program's actor configuration, with every message between actors written to bytes and read again: what passes here could live in
/// another process.
/// </summary>
internal static class SerializedMessages
{
    public static Config Configuration { get; } =
        ConfigurationFactory.ParseString("akka.actor.serialize-messages = on").WithFallback(Dispatchers.Configuration);
}
