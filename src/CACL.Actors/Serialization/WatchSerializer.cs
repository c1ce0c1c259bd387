using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace CACL.Actors.Serialization;

/// <summary>
/// Lets through those of Akka's system messages by which actors of different processes watch one another. The others manage actors, which
/// nobody does across processes, and carry exceptions, which would be made of the types that the bytes name.
/// </summary>
/// <param name="system">The actor system.</param>
public sealed class WatchSerializer(ExtendedActorSystem system) : Serializer(system)
{
    private static readonly Type[] LetThrough = [typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification)];

    private readonly SystemMessageSerializer _akkas = new(system);

    /// <inheritdoc/>
    public override int Identifier => _akkas.Identifier;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is none of those.</exception>
    public override byte[] ToBinary(object obj) => _akkas.ToBinary(Known(obj, obj?.GetType()));

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is none of those.</exception>
    public override object FromBinary(byte[] bytes, Type type) => _akkas.FromBinary(Known(bytes, type), type);

    private static T Known<T>(T passed, Type? type) => LetThrough.Contains(type)
        ? passed
        : throw new SerializationException($"The system message {type} may neither come from another process nor go to one.");
}
