using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace CACL.Actors.Serialization;

/// <summary>
/// Takes the place of Akka's serializer for every type that has none of its own. That one writes a type's name into the bytes and makes
/// whatever the bytes name when it reads them: a message from elsewhere could create any object. This one refuses both.
/// </summary>
public class RefusingSerializer : Serializer
{
    /// <summary>Creates the serializer.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="settings">The settings of the serializer whose place it takes, which Akka hands over; not used.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : this(system) => _ = settings;

    /// <summary>Creates the serializer.</summary>
    /// <param name="system">The actor system.</param>
    protected RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>The identifier of the serializer whose place it takes, by which the bytes of other processes name it.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"{obj?.GetType()} is no message that may leave a process.");

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("A message came that names its own type. No message of a run does.");
}
