using System.Buffers.Binary;

namespace CACL.Data.DataSets.Png;

/// <summary>Decodes the rows of a PNG: undoes filters (PNG specification, §9) and unpacks numbers.</summary>
internal static class PngRows
{
    /// <summary>Undoes a row's filter in place.</summary>
    /// <param name="filter">0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">The row's bytes.</param>
    /// <param name="above">The row above, unfiltered; zeros for the first.</param>
    /// <param name="distance">Bytes to the pixel on the left: whole bytes per pixel, at least 1.</param>
    /// <exception cref="PngException">There is no such filter.</exception>
    public static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var i = distance; i < row.Length; i++) row[i] += row[i - distance];
                break;
            case 2:
                for (var i = 0; i < row.Length; i++) row[i] += above[i];
                break;
            case 3:
                for (var i = 0; i < row.Length; i++) row[i] += (byte)(((i < distance ? 0 : row[i - distance]) + above[i]) / 2);
                break;
            case 4:
                for (var i = 0; i < row.Length; i++)
                    row[i] += i < distance ? above[i] : Paeth(row[i - distance], above[i], above[i - distance]);
                break;
            default:
                throw new PngException($"is damaged: a row names the filter {filter}");
        }
    }

    /// <summary>Unpacks a row's numbers into every <paramref name="step"/>th place of <paramref name="values"/>.</summary>
    public static void Unpack(ReadOnlySpan<byte> row, int bits, Span<ushort> values, int count, int step)
    {
        for (int i = 0, to = 0; i < count; i++, to += step)
        {
            values[to] = bits switch
            {
                8 => row[i],
                16 => BinaryPrimitives.ReadUInt16BigEndian(row[(2 * i)..]),
                // Several pixels per byte, the leftmost in the highest bits.
                _ => (ushort)((row[i * bits / 8] >> (8 - bits - (i * bits % 8))) & ((1 << bits) - 1)),
            };
        }
    }

    private static byte Paeth(byte left, byte up, byte upLeft)
    {
        var estimate = left + up - upLeft;
        int toLeft = Math.Abs(estimate - left), toUp = Math.Abs(estimate - up), toUpLeft = Math.Abs(estimate - upLeft);
        if (toLeft <= toUp && toLeft <= toUpLeft) return left;
        return toUp <= toUpLeft ? up : upLeft;
    }
}
