using System.Buffers;
using System.Text.Json;

namespace CACL.Http.Dashboard;

/// <summary>
/// Reads metrics.jsonl, a file that grows, in one pass and without allocating an object a line: a million lines take seconds, not minutes.
/// </summary>
internal static class MetricsFile
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Receives a line's numbers one by one, its step first.</summary>
    internal interface IReader
    {
        /// <summary>Begins a line; returns false where its numbers are to be skipped.</summary>
        /// <param name="step">The line's step.</param>
        /// <param name="offset">The line's offset in the file.</param>
        bool Begin(long step, long offset);

        /// <summary>Receives a number of that line.</summary>
        /// <param name="place">Its place in the line: a name mostly stands at the same place, which makes it quick to find.</param>
        /// <param name="name">Its name, UTF-8.</param>
        /// <param name="value">Finite.</param>
        void Number(int place, ReadOnlySpan<byte> name, double value);
    }

    /// <summary>Reads the whole lines of a part of a file; returns the end of the last one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">The offset at which the first line begins.</param>
    /// <param name="to">The offset to stop at; a line that goes beyond it is not read.</param>
    /// <param name="reader">Receives what the lines hold; a line that is no JSON object with a step is skipped.</param>
    /// <param name="cancel">Stops the reading between two chunks.</param>
    public static long Read(FileStream file, long from, long to, IReader reader, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            file.Seek(from, SeekOrigin.Begin);
            var held = 0;
            while (from + held < to)
            {
                cancel.ThrowIfCancellationRequested();
                var read = file.Read(buffer, held, (int)Math.Min(buffer.Length - held, to - from - held));
                if (read == 0) break;
                held += read;
                var whole = Lines(buffer.AsSpan(0, held), from, reader);
                // A line longer than the buffer was not written by a run.
                if (whole == 0 && held == buffer.Length) whole = held;
                buffer.AsSpan(whole, held - whole).CopyTo(buffer);
                from += whole;
                held -= whole;
            }

            return from;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Lines(ReadOnlySpan<byte> bytes, long offset, IReader reader)
    {
        var start = 0;
        while (bytes[start..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            Line(bytes.Slice(start, length), offset + start, reader);
            start += length + 1;
        }

        return start;
    }

    private static void Line(ReadOnlySpan<byte> line, long offset, IReader reader)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return;
            if (!json.Read() || !json.ValueTextEquals("step"u8) || !json.Read() || !json.TryGetInt64(out var step)) return;
            if (!reader.Begin(step, offset)) return;
            for (var place = 0; json.Read() && json.TokenType == JsonTokenType.PropertyName; place++)
            {
                var name = json.ValueSpan;
                json.Read();
                if (json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var value) && double.IsFinite(value))
                    reader.Number(place, name, value);
                else json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A crash cut the line off; the numbers before the cut are right.
        }
    }
}
