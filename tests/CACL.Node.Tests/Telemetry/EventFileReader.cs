using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Reads TensorBoard's event files by their format; it shares no code with the program's writer.</summary>
internal static class EventFileReader
{
    /// <summary>The values by tag, in the order of the files.</summary>
    public static Dictionary<string, List<(long Step, float Value)>> Scalars(string folder) => Events(folder)
        .SelectMany(e => e.Scalars.Select(s => (s.Tag, e.Step, s.Value)))
        .GroupBy(s => s.Tag)
        .ToDictionary(g => g.Key, g => g.Select(s => (s.Step, s.Value)).ToList());

    /// <summary>Reads everything in a folder's files except truncated records.</summary>
    public static IEnumerable<Event> Events(string folder) => Payloads(folder).Select(payload => Parse(payload));

    /// <summary>Returns the records as bytes.</summary>
    public static IEnumerable<byte[]> Payloads(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, "*tfevents*").Order(StringComparer.Ordinal))
        {
            byte[] data;
            using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            using (var copy = new MemoryStream())
            {
                stream.CopyTo(copy);
                data = copy.ToArray();
            }

            for (var at = 0; at + 12 <= data.Length;)
            {
                var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(at));
                if (at + 16 + length > data.Length) break;
                yield return data.AsSpan(at + 12, length).ToArray();
                at += 16 + length;
            }
        }
    }

    private static Event Parse(ReadOnlySpan<byte> message)
    {
        var found = new Event(0, false, []);
        foreach (var (field, number, bytes) in Fields(message))
        {
            if (field == 2) found = found with { Step = (long)number };
            if (field == 7) found = found with { SessionStart = Fields(bytes).Any(f => f is { Field: 1, Number: 1 }) };
            if (field != 5) continue;
            foreach (var (_, _, value) in Fields(bytes))
            {
                var parts = Fields(value).ToDictionary(f => f.Field);
                found.Scalars.Add((Encoding.UTF8.GetString(parts[1].Bytes), BitConverter.UInt32BitsToSingle((uint)parts[2].Number)));
            }
        }

        return found;
    }

    private static List<(int Field, ulong Number, byte[] Bytes)> Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<(int, ulong, byte[])>();
        while (message.Length > 0)
        {
            var key = Varint(ref message);
            var (field, type) = ((int)(key >> 3), (int)(key & 7));
            switch (type)
            {
                case 0:
                    fields.Add((field, Varint(ref message), []));
                    break;
                case 1:
                    fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(message), []));
                    message = message[8..];
                    break;
                case 5:
                    fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(message), []));
                    message = message[4..];
                    break;
                case 2:
                    var length = (int)Varint(ref message);
                    fields.Add((field, 0, message[..length].ToArray()));
                    message = message[length..];
                    break;
                default:
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"wire type {type}"));
            }
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[0];
            message = message[1..];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
    }

    internal sealed record Event(long Step, bool SessionStart, List<(string Tag, float Value)> Scalars);
}
