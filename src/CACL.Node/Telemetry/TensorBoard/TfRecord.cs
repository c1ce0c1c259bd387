using System.Buffers.Binary;

namespace CACL.Node.Telemetry.TensorBoard;

/// <summary>
/// TensorFlow's record framing: length (8 bytes, little endian), its masked CRC-32C, the payload, its masked CRC-32C.
/// </summary>
internal static class TfRecord
{
    /// <summary>Bytes before the payload.</summary>
    private const int HeadBytes = sizeof(ulong) + sizeof(uint);

    /// <summary>An event is a few hundred bytes; a record that claims to be larger is damaged.</summary>
    private const int MostBytes = 1 << 20;

    /// <summary>Returns a payload in its frame.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        var record = new byte[HeadBytes + payload.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), MaskedCrc32C.Of(record.AsSpan(0, sizeof(ulong))));
        payload.CopyTo(record.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeadBytes + payload.Length), MaskedCrc32C.Of(payload));
        return record;
    }

    /// <summary>
    /// Yields the payloads of a file up to its end, or up to the first record that is truncated or damaged: what follows can no longer be
    /// found.
    /// </summary>
    /// <param name="stream">The file, positioned at the beginning of a record.</param>
    public static IEnumerable<byte[]> Payloads(Stream stream)
    {
        var head = new byte[HeadBytes];
        while (stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) == HeadBytes)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(head);
            if (length > MostBytes || BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(sizeof(ulong))) != MaskedCrc32C.Of(
                head.AsSpan(0, sizeof(ulong))))
                yield break;
            var rest = new byte[(int)length + sizeof(uint)];
            if (stream.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false) < rest.Length) yield break;
            var payload = rest[..(int)length];
            if (BinaryPrimitives.ReadUInt32LittleEndian(rest.AsSpan((int)length)) != MaskedCrc32C.Of(payload)) yield break;
            yield return payload;
        }
    }
}
