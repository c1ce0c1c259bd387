using Akka.Actor;

namespace CACL.Actors.Serialization;

/// <summary>Takes the place of Akka.Remote's serializer for the order to create an actor of a type that the order names.</summary>
/// <param name="system">The actor system.</param>
public sealed class RefusingCreationSerializer(ExtendedActorSystem system) : RefusingSerializer(system)
{
    /// <inheritdoc/>
    public override int Identifier => 3;
}
