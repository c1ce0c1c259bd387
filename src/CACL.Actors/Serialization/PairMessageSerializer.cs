using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using CACL.Actors.Contracts;
using CACL.Data.Sampling;

namespace CACL.Actors.Serialization;

/// <summary>
/// Serializes a decoded pair: the length of a header as 4 bytes, little-endian, the header in JSON (request, plan, path), then both frames
/// as they are in memory. A pair has one owner: serializing it returns the sender's memory to its pool, deserializing it takes memory from
/// the receiver's <see cref="PairMemory"/>.
/// </summary>
public sealed class PairMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string FromDecoder = "decoder";
    private const string FromPool = "pool";

    /// <inheritdoc/>
    public override int Identifier => 190_282;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        DecoderProtocol.Decoded => FromDecoder,
        PoolProtocol.Decoded => FromPool,
        _ => throw new SerializationException($"{o} hands no pair over."),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        using var pair = ((IPairMessage)obj).Pair;
        var request = obj is DecoderProtocol.Decoded fromDecoder ? fromDecoder.Request : 0;
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header(request, pair.Plan, pair.Path), MessageJson.Options);
        var bytes = new byte[sizeof(int) + header.Length + pair.First.Length + pair.Second.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, header.Length);
        var rest = bytes.AsSpan(sizeof(int));
        header.CopyTo(rest);
        pair.First.CopyTo(rest[header.Length..]);
        pair.Second.CopyTo(rest[(header.Length + pair.First.Length)..]);
        return bytes;
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The bytes are damaged, the frames are of another size than this process's, or nothing here
    /// takes pairs.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (manifest is not (FromDecoder or FromPool))
            throw new SerializationException($"A pair came as {manifest}: the other process runs another version of cacl.");
        var (header, content) = Parts(bytes);
        var frames = content.Span;
        var pair = PairMemory.Of(system).Rent();
        if (frames.Length != pair.First.Length + pair.Second.Length)
        {
            var expected = pair.First.Length + pair.Second.Length;
            pair.Dispose();
            throw new SerializationException($"A pair of {frames.Length} bytes came where {expected} were expected: another crop size.");
        }

        (pair.Plan, pair.Path) = (header.Plan, header.Path);
        frames[..pair.First.Length].CopyTo(pair.First);
        frames[pair.First.Length..].CopyTo(pair.Second);
        return manifest == FromDecoder ? new DecoderProtocol.Decoded(header.Request, pair) : new PoolProtocol.Decoded(pair);
    }

    private static (Header Header, ReadOnlyMemory<byte> Frames) Parts(byte[] bytes)
    {
        var length = bytes.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : -1;
        if (length < 0 || length > bytes.Length - sizeof(int)) throw new SerializationException("A pair came damaged: its header is cut.");
        try
        {
            var header = JsonSerializer.Deserialize<Header>(bytes.AsSpan(sizeof(int), length), MessageJson.Options)
                ?? throw new SerializationException("A pair came without its header.");
            return (header, bytes.AsMemory(sizeof(int) + length));
        }
        catch (JsonException cause)
        {
            throw new SerializationException($"A pair came damaged: {cause.Message}", cause);
        }
    }

    private sealed record Header(long Request, SamplePlan? Plan, string Path);
}
