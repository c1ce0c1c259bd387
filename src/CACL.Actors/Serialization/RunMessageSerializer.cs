using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using CACL.Actors.Contracts;
using CACL.Runs.Live;

namespace CACL.Actors.Serialization;

/// <summary>
/// The messages of a run as JSON. Only the types of <see cref="IRunMessage"/> are read, by names of their own: what another process sends
/// cannot make this one build anything else.
/// </summary>
public sealed class RunMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly Dictionary<string, Type> Types = typeof(IRunMessage).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IRunMessage)) && !type.IsAbstract)
        .Append(typeof(SettingsAnswer))
        .ToDictionary(NameOf);

    /// <inheritdoc/>
    public override int Identifier => 190_281;

    /// <summary>The types that can be sent.</summary>
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
    /// <exception cref="SerializationException">The message is none that a run knows, or its bytes are damaged.</exception>
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

    // TrainerProtocol.Stop, and RequestCheckpoint where a type stands alone.
    private static string NameOf(Type type) => type.DeclaringType is { } outer ? $"{outer.Name}.{type.Name}" : type.Name;
}
