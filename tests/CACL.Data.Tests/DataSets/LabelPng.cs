using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace CACL.Data.Tests.DataSets;

/// <summary>Writes PNGs of grey values or palette indices: every bit depth, every filter, interlaced or not.</summary>
internal sealed record LabelPng(int Width, int Height, int Bits, int ColourType, bool Interlaced, ushort[] Values)
{
    public const int Grey = 0;
    public const int Rgb = 2;
    public const int Palette = 3;

    /// <summary>Returns an 8-bit grey picture of one value.</summary>
    public static LabelPng Of(int width, int height, byte value) =>
        new(width, height, 8, Grey, false, [.. Enumerable.Repeat((ushort)value, width * height)]);

    /// <summary>Filters of the rows, used in turn.</summary>
    public int[] Filters { get; init; } = [0];

    /// <summary>Bytes in an IDAT chunk.</summary>
    public int ChunkLength { get; init; } = int.MaxValue;

    public byte[] Bytes() => Bytes(Compressed());

    /// <summary>Returns a file whose header announces more pixels than it contains.</summary>
    public byte[] HeaderOnly() => Bytes([0x78, 0x9C, 3, 0, 0, 0, 0, 1]);

    private byte[] Bytes(byte[] compressed)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        (header[8], header[9], header[12]) = ((byte)Bits, (byte)ColourType, (byte)(Interlaced ? 1 : 0));
        Chunk(file, "IHDR", header);
        if (ColourType == Palette && Bits <= 8) Chunk(file, "PLTE", [.. Enumerable.Range(0, 3 << Bits).Select(i => (byte)(7 * i))]);
        foreach (var part in compressed.Chunk(ChunkLength)) Chunk(file, "IDAT", part);
        Chunk(file, "tIME", [7, 230, 1, 1, 0, 0, 0]);
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Bytes());
    }

    public static void Chunk(Stream file, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        file.Write(number);
    }

    private byte[] Compressed()
    {
        using var memory = new MemoryStream();
        using (var deflate = new ZLibStream(memory, CompressionLevel.Fastest)) deflate.Write(Raw());
        return memory.ToArray();
    }

    private byte[] Raw()
    {
        using var raw = new MemoryStream();
        var row = 0;
        foreach (var (x0, y0, dx, dy) in Interlaced ? [
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] : new[] { (0, 0, 1, 1) })
        {
            byte[]? above = null;
            for (var y = y0; y < Height && x0 < Width; y += dy)
            {
                var packed = Pack(
                    [.. Enumerable.Range(0, Width).Where(x => x >= x0 && (x - x0) % dx == 0).Select(x => Values[(y * Width) + x])]);
                var filter = Filters[row++ % Filters.Length];
                raw.WriteByte((byte)filter);
                raw.Write(Filtered(packed, above ?? new byte[packed.Length], filter));
                above = packed;
            }
        }

        return raw.ToArray();
    }

    private byte[] Pack(ushort[] values)
    {
        var bits = string.Concat(values.Select(v => Convert.ToString(v, 2).PadLeft(Bits, '0')));
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        return [.. bits.Chunk(8).Select(b => Convert.ToByte(new string(b), 2))];
    }

    private byte[] Filtered(byte[] row, byte[] above, int filter)
    {
        var distance = Math.Max(1, Bits / 8);
        byte Of(int i)
        {
            int a = i < distance ? 0 : row[i - distance], b = above[i], c = i < distance ? 0 : above[i - distance];
            return (byte)(row[i] - (filter switch { 1 => a, 2 => b, 3 => (a + b) / 2, 4 => Nearest(a, b, c), _ => 0 }));
        }

        return [.. Enumerable.Range(0, row.Length).Select(Of)];
    }

    private static int Nearest(int a, int b, int c) => new[] { a, b, c }.MinBy(v => Math.Abs(a + b - c - v));
}
