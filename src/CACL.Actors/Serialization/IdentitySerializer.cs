using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace CACL.Actors.Serialization;

/// <summary>
/// Lets through those of Akka.Remote's many messages of one serializer that members of a cluster need: who an actor is, and whether a
/// machine that is watched still answers. Among the others is a failure, whose exception is made of the type that the bytes name.
/// </summary>
/// <param name="system">The actor system.</param>
public sealed class IdentitySerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // Identify, ActorIdentity, a reference to an actor, and the two heartbeats of a watched machine.
    private static readonly string[] LetThrough = ["ID", "AID", "AR", "RWHB", "RWHR"];

    private readonly MiscMessageSerializer _akkas = new(system);

    /// <inheritdoc/>
    public override int Identifier => _akkas.Identifier;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is none of those.</exception>
    public override string Manifest(object o) => Known(_akkas.Manifest(o));

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is none of those.</exception>
    public override byte[] ToBinary(object obj)
    {
        Manifest(obj);
        return _akkas.ToBinary(obj);
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is none of those.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => _akkas.FromBinary(bytes, Known(manifest));

    private static string Known(string manifest) => LetThrough.Contains(manifest, StringComparer.Ordinal)
        ? manifest
        : throw new SerializationException($"Akka's message {manifest} may neither come from another process nor go to one.");
}
