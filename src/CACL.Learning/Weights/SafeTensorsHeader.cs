using System.Text.Json;
using System.Text.Unicode;

namespace CACL.Learning.Weights;

/// <summary>
/// The header of a safetensors file: a JSON object of name → {dtype, shape, data_offsets} and, under "__metadata__", of text → text.
/// Parsing is as strict as the format's definition: what another reader could understand differently is refused.
/// </summary>
internal sealed class SafeTensorsHeader
{
    /// <summary>Largest header that the format allows, bytes.</summary>
    public const int LengthLimit = 100_000_000;

    // Each takes a hundred bytes and more of memory beside those of the header. Nobody's networks come near; NumPy and PyTorch stop at 64
    // dimensions.
    private const int MostTensors = 100_000;
    private const int MostDimensions = 64;

    private const string MetadataKey = "__metadata__";

    private readonly string _file;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafeTensorsEntry> _entries = new(StringComparer.Ordinal);
    private bool _hasMetadata;

    private SafeTensorsHeader(string file) => _file = file;

    /// <summary>The metadata, text → text; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors, in the order in which their bytes lie in the file.</summary>
    public IReadOnlyList<SafeTensorsEntry> Entries { get; private set; } = [];

    /// <param name="file">For messages.</param>
    /// <param name="text">The header's bytes, padding included.</param>
    /// <param name="dataLength">Bytes of the file after the header, which the tensors must cover exactly.</param>
    public static SafeTensorsHeader Parse(string file, ReadOnlySpan<byte> text, long dataLength)
    {
        var header = new SafeTensorsHeader(file);
        if (text.IsEmpty || text[0] != (byte)'{') throw header.Fault("header", "does not begin with '{'");
        if (!Utf8.IsValid(text)) throw header.Fault("header", "is not valid UTF-8");
        // The format pads with spaces only; JSON would permit other white space.
        header.ReadObject(text.TrimEnd((byte)' '));
        header.CheckCoverage(dataLength);
        return header;
    }

    private void ReadObject(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Disallow, MaxDepth = 8 });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = Text(ref reader, "a tensor's name");
                reader.Read();
                if (name == MetadataKey) ReadMetadata(ref reader);
                else ReadEntry(ref reader, name);
            }

            if (reader.Read()) throw Fault("header", "goes on after its closing brace");
        }
        catch (JsonException e)
        {
            throw Fault("header", $"is not valid JSON at byte {8 + reader.BytesConsumed}", e);
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (_hasMetadata) throw Fault("header", $"has the key '{MetadataKey}' twice");
        _hasMetadata = true;
        if (reader.TokenType != JsonTokenType.StartObject) throw Fault(MetadataKey, "is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = Text(ref reader, "a key");
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Fault(MetadataKey, $"the value of '{SafeText.Of(key)}' is not a string");
            if (!_metadata.TryAdd(key, Text(ref reader, "a value"))) throw Fault(MetadataKey, $"has the key '{SafeText.Of(key)}' twice");
        }
    }

    private void ReadEntry(ref Utf8JsonReader reader, string name)
    {
        var where = $"tensor '{SafeText.Of(name)}'";
        if (reader.TokenType != JsonTokenType.StartObject) throw Fault(where, "is not described by an object");
        SafeTensorsType? type = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = Text(ref reader, "a key");
            reader.Read();
            switch (key)
            {
                case "dtype" when type is null: type = ReadType(ref reader, where); break;
                case "shape" when shape is null: shape = ReadNumbers(ref reader, where, key); break;
                case "data_offsets" when offsets is null: offsets = ReadNumbers(ref reader, where, key); break;
                case "dtype" or "shape" or "data_offsets": throw Fault(where, $"has the key '{key}' twice");
                default: throw Fault(where, $"has an unknown key '{SafeText.Of(key)}'");
            }
        }

        if (type is not { } known || shape is null || offsets is null) throw Fault(where, "lacks one of dtype, shape and data_offsets");
        if (offsets.Length != 2 || offsets[0] > offsets[1]) throw Fault(where, "data_offsets are not a begin and an end");
        var length = offsets[1] - offsets[0];
        if (!known.TryByteCount(shape, out var bytes))
            throw Fault(where, $"its shape [{SafeText.Of(string.Join(", ", shape))}] overflows");
        if (bytes != length)
            throw Fault(where, $"{known} [{SafeText.Of(string.Join(", ", shape))}] takes {bytes} bytes, its data_offsets give {length}");
        if (_entries.Count == MostTensors) throw Fault("header", $"describes more than {MostTensors} tensors");
        if (!_entries.TryAdd(name, new SafeTensorsEntry(name, known, shape, offsets[0], bytes))) throw Fault(where, "occurs twice");
    }

    private SafeTensorsType ReadType(ref Utf8JsonReader reader, string where)
    {
        if (reader.TokenType != JsonTokenType.String) throw Fault(where, "dtype is not a string");
        var text = Text(ref reader, "dtype");
        // Enum.TryParse alone would accept numbers, lists and white space.
        if (Enum.IsDefined(typeof(SafeTensorsType), text)) return Enum.Parse<SafeTensorsType>(text);
        throw Fault(where, $"has an unknown dtype '{SafeText.Of(text)}'");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string where, string key)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Fault(where, $"{key} is not a list");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Fault(where, $"{key} holds something other than whole numbers from 0 to 2⁶³−1");
            if (numbers.Count == MostDimensions) throw Fault(where, $"{key} holds more than {MostDimensions} numbers");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private void CheckCoverage(long dataLength)
    {
        var entries = _entries.Values.ToArray();
        // An empty tensor begins where its neighbour does: the end decides which comes first.
        Array.Sort(entries, (a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.ByteCount.CompareTo(b.ByteCount));
        long at = 0;
        foreach (var entry in entries)
        {
            if (entry.Offset > at)
                throw Fault($"tensor '{SafeText.Of(entry.Name)}'", $"leaves a hole: it begins at {entry.Offset}, the one before ends at "
                    + $"{at}");
            if (entry.Offset < at)
                throw Fault($"tensor '{SafeText.Of(entry.Name)}'", $"overlaps: it begins at {entry.Offset}, the one before ends at {at}");
            // This cannot overflow: offset + count is the end that was read.
            at += entry.ByteCount;
        }

        if (at > dataLength) throw Fault("data", $"the file is cut short: its tensors take {at} bytes, {dataLength} are there");
        if (at < dataLength) throw Fault("data", $"{dataLength - at} bytes at the end belong to no tensor");
        Entries = entries;
    }

    private string Text(ref Utf8JsonReader reader, string what)
    {
        try
        {
            return reader.GetString() ?? throw Fault("header", $"{what} is null");
        }
        catch (InvalidOperationException e)
        {
            throw Fault("header", $"{what} is not a valid text (half of a surrogate pair)", e);
        }
    }

    private SafeTensorsException Fault(string where, string what, Exception? inner = null) => new(_file, where, what, inner);
}
