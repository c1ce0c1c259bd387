using Akka.Actor;

namespace CACL.Actors.Serialization;

/// <summary>
/// Takes the place of Akka.Remote's serializer for messages of Protocol Buffers, which makes an object of the type that a message names
/// before it looks at what that type is.
/// </summary>
/// <param name="system">The actor system.</param>
public sealed class RefusingProtobufSerializer(ExtendedActorSystem system) : RefusingSerializer(system)
{
    /// <inheritdoc/>
    public override int Identifier => 2;
}
