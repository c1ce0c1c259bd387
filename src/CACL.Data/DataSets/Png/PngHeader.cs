using System.Buffers.Binary;

namespace CACL.Data.DataSets.Png;

/// <summary>The chunk IHDR of the two kinds of PNG whose pixels are single numbers: grey and palette.</summary>
/// <param name="Width">Pixels in a row, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Bits">Bits per pixel: 1, 2, 4, 8, or (grey only) 16.</param>
/// <param name="Interlaced">Whether the pixels come in Adam7's seven passes.</param>
internal readonly record struct PngHeader(int Width, int Height, int Bits, bool Interlaced)
{
    public const int Length = 13;
    private const int Grey = 0;
    private const int Palette = 3;

    /// <summary>Returns the bytes of a row of so many pixels, without its filter byte.</summary>
    public int RowBytes(int pixels) => (int)((((long)pixels * Bits) + 7) / 8);

    /// <exception cref="PngException">The chunk breaks the format's rules, the picture is too large, or its pixels are colours.</exception>
    public static PngHeader Parse(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length != Length) throw new PngException($"is damaged: its header has {chunk.Length} bytes in place of {Length}");
        var width = BinaryPrimitives.ReadUInt32BigEndian(chunk);
        var height = BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
        if (width == 0 || height == 0) throw new PngException($"is damaged: its header says {width}×{height} pixels");
        if (width > int.MaxValue || height > int.MaxValue || (ulong)width * height > ImageLimits.Pixels)
            throw new PngException($"has {width}×{height} pixels; at most {ImageLimits.Pixels:N0} are read");
        int bits = chunk[8], colour = chunk[9];
        RefuseColours(colour);
        if (!(bits is 1 or 2 or 4 or 8 || (bits == 16 && colour == Grey)))
            throw new PngException($"is damaged: its header says {bits} bits a pixel");
        if (chunk[10] != 0 || chunk[11] != 0 || chunk[12] > 1)
            throw new PngException("is damaged: its header names a compression, filter or interlace method that PNG does not have");
        return new PngHeader((int)width, (int)height, bits, chunk[12] == 1);
    }

    private static void RefuseColours(int colour)
    {
        if (colour is Grey or Palette) return;
        throw new PngException(colour switch
        {
            2 or 6 => "is a picture in colours, not one of class indices: a palette image that was read as colours and saved again, or a "
                + "drawing of the label. Take the original file, whose pixels are class numbers (grey or palette PNG)",
            4 => "has grey pixels with transparency; class indices have to be a grey or palette PNG without an alpha channel",
            _ => $"is damaged: its header names the colour type {colour}",
        });
    }
}
