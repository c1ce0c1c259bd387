using System.IO.Compression;

namespace CACL.Data.DataSets.Png;

/// <summary>The numbers of a label's pixels as they are stored, row-major: a palette's index, or an unscaled grey value.</summary>
internal sealed record IndexMap(int Width, int Height, ushort[] Values);

/// <summary>
/// Reads a PNG as numbers. Image libraries turn a palette into colours and stretch grey values of few bits to 0…255; a label's classes are
/// the numbers beneath. Supports grey of 1, 2, 4, 8 and 16 bits and palettes of 1, 2, 4 and 8, interlaced or not.
/// </summary>
internal static class IndexPng
{
    // Deflate's densest code: 258 bytes for two bits. A header that asks for more cannot be true of the file.
    private const long MostBytesFromOne = 1032;

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="PngException">They are not a complete PNG of indices.</exception>
    public static IndexMap Read(ReadOnlyMemory<byte> file)
    {
        var chunks = PngChunks.Read(file);
        var header = chunks.Header;
        var compressed = chunks.Pixels.Sum(p => (long)p.Length);
        if (header.RowBytes(header.Width) * (long)header.Height > compressed * MostBytesFromOne)
            throw new PngException($"is damaged: {header.Width}×{header.Height} pixels cannot come out of {compressed} bytes");

        var values = new ushort[header.Width * header.Height];
        using var inflated = new ZLibStream(new SegmentStream(chunks.Pixels), CompressionMode.Decompress);
        try
        {
            foreach (var pass in header.Interlaced ? PngPass.Adam7 : PngPass.Whole) ReadPass(inflated, header, pass, values);
            // Reading on to the end makes the stream verify its checksum.
            if (inflated.ReadByte() >= 0) throw new PngException("is damaged: it holds more pixels than its header says");
        }
        catch (EndOfStreamException e)
        {
            throw new PngException("is cut short: its pixels end early. Copy or download it again", e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // The file is in memory, so an input error comes from zlib, which has no other word for it.
            throw new PngException("is damaged: its compressed pixels cannot be unpacked. Copy or download it again", e);
        }

        return new IndexMap(header.Width, header.Height, values);
    }

    private static void ReadPass(ZLibStream inflated, PngHeader header, PngPass pass, ushort[] values)
    {
        var (width, height) = (pass.Width(header.Width), pass.Height(header.Height));
        if (width == 0 || height == 0) return;
        var length = header.RowBytes(width);
        var row = new byte[1 + length]; // the filter's number comes first
        var above = new byte[1 + length];
        for (var y = 0; y < height; y++)
        {
            inflated.ReadExactly(row);
            PngRows.Unfilter(row[0], row.AsSpan(1), above.AsSpan(1), distance: Math.Max(1, header.Bits / 8));
            var first = ((pass.FirstY + (y * pass.StepY)) * header.Width) + pass.FirstX;
            PngRows.Unpack(row.AsSpan(1), header.Bits, values.AsSpan(first), width, pass.StepX);
            (row, above) = (above, row);
        }
    }
}
