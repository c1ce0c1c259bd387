using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using CACL.Actors.Contracts;
using CACL.Runs.Live;

namespace CACL.Actors.Serialization;

/// <summary>
/// Serializes the messages of a run as JSON. It reads only types of <see cref="IRunMessage"/>, by names of their own: no other process can
/// make this one create anything else.
/// </summary>
public sealed class RunMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly Dictionary<string, Type> Types = typeof(IRunMessage).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IRunMessage)) && !type.IsAbstract)
        .Append(typeof(SettingsAnswer))
        .ToDictionary(NameOf);

    /// <inheritdoc/>
    public override int Identifier => 190_281;

    /// <summary>The message types.</summary>
    internal static IReadOnlyCollection<Type> Known => Types.Values;

    /// <inheritdoc/>
    public override string Manifest(object o)
    {
        ArgumentNullException.ThrowIfNull(o);
        return NameOf(o.GetType());
    }

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        return JsonSerializer.SerializeToUtf8Bytes(obj, TypeOf(NameOf(obj.GetType())), MessageJson.Options);
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message type is unknown, or its bytes are damaged.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        try
        {
            return JsonSerializer.Deserialize(bytes, TypeOf(manifest), MessageJson.Options)
                ?? throw new SerializationException($"A message {manifest} came without content.");
        }
        catch (JsonException cause)
        {
            throw new SerializationException($"A message {manifest} came damaged: {cause.Message}", cause);
        }
    }

    private static Type TypeOf(string manifest) => Types.TryGetValue(manifest, out var type)
        ? type
        : throw new SerializationException($"There is no message {manifest} in a run: the other process runs another version of cacl.");

    // A nested type has its outer type's name in front, as in TrainerProtocol.Stop.
    private static string NameOf(Type type) => type.DeclaringType is { } outer ? $"{outer.Name}.{type.Name}" : type.Name;
}
