using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using CACL.Data.Files;

namespace CACL.Learning.Weights;

/// <summary>A tensor to write.</summary>
/// <param name="Name">Its name; unique in the file, not "__metadata__".</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, row-major.</param>
/// <param name="WriteTo">Writes its bytes to the stream, little-endian and row-major: exactly product of dimensions × element size.</param>
public sealed record SafeTensorsItem(string Name, SafeTensorsType Type, IReadOnlyList<long> Shape, Action<Stream> WriteTo)
{
    /// <summary>Returns the item for a tensor whose bytes are in memory.</summary>
    public static SafeTensorsItem Of(string name, SafeTensorsType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes) =>
        new(name, type, shape, stream => stream.Write(bytes.Span));
}

/// <summary>
/// Writes safetensors files. The same tensors and metadata give the same bytes: tensors are ordered by element size, widest first, so that
/// each is aligned, then by name; the header is padded to a multiple of 8.
/// </summary>
public static class SafeTensorsWriter
{
    // The file's first bytes, which say how long its header is.
    private const int LengthPrefix = 8;

    /// <summary>Writes a file, replacing an existing one.</summary>
    /// <exception cref="SafeTensorsException">A name or a size breaks the format's rules, or a tensor wrote something other than its
    /// bytes.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<SafeTensorsItem> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var file = RegularFile.Open(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        Write(file, path, tensors, metadata);
    }

    /// <summary>Writes to a stream from its current position on; only the header is kept in memory.</summary>
    /// <param name="destination">A writable stream that knows its position.</param>
    /// <param name="path">Its name in messages.</param>
    /// <param name="tensors">The tensors to write.</param>
    /// <param name="metadata">Metadata, text → text, stored beside the tensors.</param>
    /// <exception cref="SafeTensorsException">As above.</exception>
    public static void Write(
        Stream destination, string path, IEnumerable<SafeTensorsItem> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var ordered = Ordered(tensors);
        var (header, sizes) = Header(path, ordered, metadata);
        Span<byte> prefix = stackalloc byte[LengthPrefix];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        destination.Write(prefix);
        destination.Write(header);
        for (var i = 0; i < ordered.Length; i++)
        {
            var start = destination.Position;
            ordered[i].WriteTo(destination);
            var written = destination.Position - start;
            if (written != sizes[i])
                throw new SafeTensorsException(path, $"tensor '{ordered[i].Name}'", $"{written} bytes were written, its shape takes "
                    + $"{sizes[i]}");
        }
    }

    /// <summary>Returns how many bytes a file takes, without writing it; no tensor is asked for its values.</summary>
    /// <param name="path">Its name in messages.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">Metadata, text → text, stored beside the tensors.</param>
    /// <exception cref="SafeTensorsException">A name or a size breaks the format's rules.</exception>
    public static long Size(
        string path, IEnumerable<SafeTensorsItem> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (header, sizes) = Header(path, Ordered(tensors), metadata);
        return LengthPrefix + header.Length + sizes.Sum();
    }

    // The order that the file has.
    private static SafeTensorsItem[] Ordered(IEnumerable<SafeTensorsItem> tensors) =>
        [.. tensors.OrderByDescending(t => t.Type.ElementSize()).ThenBy(t => t.Name, StringComparer.Ordinal)];

    private static (byte[] Header, long[] Sizes) Header(
        string path, SafeTensorsItem[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        var sizes = new long[ordered.Length];
        var buffer = new MemoryStream();
        // Names are not escaped: a reader that greps a header should find "après" if a tensor is named so.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(json, metadata);
            WriteEntries(json, path, ordered, sizes);
            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        if (buffer.Length > SafeTensorsHeader.LengthLimit)
            throw new SafeTensorsException(path, "header", $"would take {buffer.Length} bytes; the format allows "
                + $"{SafeTensorsHeader.LengthLimit}");
        return (buffer.ToArray(), sizes);
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata.OrderBy(p => p.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, string path, SafeTensorsItem[] ordered, long[] sizes)
    {
        long at = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ordered.Length; i++)
        {
            var item = ordered[i];
            if (item.Name == "__metadata__" || !names.Add(item.Name))
                throw new SafeTensorsException(path, $"tensor '{item.Name}'", "has a name that is reserved or already taken");
            if (!item.Type.TryByteCount(item.Shape, out sizes[i]) || sizes[i] > long.MaxValue - at)
                throw new SafeTensorsException(path, $"tensor '{item.Name}'", $"its shape [{string.Join(", ", item.Shape)}] overflows");
            json.WriteStartObject(item.Name);
            json.WriteString("dtype", item.Type.ToString());
            json.WriteStartArray("shape");
            foreach (var dimension in item.Shape) json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(at);
            at += sizes[i];
            json.WriteNumberValue(at);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
