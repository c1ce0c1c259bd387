using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using CACL.Data.DataSets.Png;

namespace CACL.Fuzz.Tests.Targets;

/// <summary>Reads labels: PNGs of class indices.</summary>
internal sealed class PngTarget : IFuzzTarget
{
    public IEnumerable<byte[]> Seeds =>
    [
        Png(3, 2, 8, 3, 0, [0, 1, 2, 3, 1, 4, 5, 6]),
        Png(9, 2, 1, 0, 0, [2, 0xAA, 0x80, 4, 0x55, 0]),
        Png(2, 1, 16, 0, 0, [3, 1, 2, 3, 4]),
        Png(5, 5, 4, 3, 1, [.. Enumerable.Repeat((byte)0, 40)]),
    ];

    public IReadOnlyList<string> Words =>
        ["IHDR", "IDAT", "IEND", "PLTE", "tRNS", "\u0089PNG\r\n\u001a\n", "\0\0\0\0IEND", "\u0078\u0001", "\u007f\u00ff\u00ff\u00ff"];

    /// <summary>Writes the checksum of every chunk that can be found.</summary>
    public byte[] Mend(byte[] input)
    {
        for (var at = 8; at + 12 <= input.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(input.AsSpan(at));
            if (length > (uint)(input.Length - at - 12)) break;
            var sum = Crc32.HashToUInt32(input.AsSpan(at + 4, 4 + (int)length));
            BinaryPrimitives.WriteUInt32BigEndian(input.AsSpan(at + 8 + (int)length), sum);
            at += 12 + (int)length;
        }

        return input;
    }

    public bool Read(byte[] input)
    {
        try
        {
            var map = IndexPng.Read(input);
            Assert.Equal(map.Width * map.Height, map.Values.Length);
            return true;
        }
        catch (PngException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private static byte[] Png(int width, int height, byte bits, byte colour, byte interlace, byte[] rows)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (bits, colour, interlace);
        Chunk(file, "IHDR", header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(rows);
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, string type, byte[] data)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write([.. number, .. body]);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        file.Write(number);
    }
}
