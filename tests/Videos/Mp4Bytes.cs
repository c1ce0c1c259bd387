using System.Buffers.Binary;

namespace CACL.Testing;

/// <summary>Changes the bytes of an mp4 file where the options of ffmpeg's versions differ or do not exist.</summary>
internal static class Mp4Bytes
{
    /// <summary>
    /// Writes a clockwise rotation of 90, 180 or 270 degrees into the matrix of the first track's header (ISO 14496-12, tkhd of version 0).
    /// </summary>
    public static byte[] Turn(byte[] movie, int degrees)
    {
        const int One = 1 << 16;
        int[] turn = degrees switch
        {
            90 => [0, One, 0, -One, 0],
            180 => [-One, 0, 0, 0, -One],
            270 => [0, -One, 0, One, 0],
            _ => throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "Only quarter turns."),
        };
        var matrix = movie.AsSpan(movie.AsSpan().IndexOf("tkhd"u8) + 44);
        for (var i = 0; i < turn.Length; i++) BinaryPrimitives.WriteInt32BigEndian(matrix[(4 * i)..], turn[i]);
        return movie;
    }

    /// <summary>Flips ten bits, spread over the frames' bytes.</summary>
    public static byte[] FlipBits(byte[] movie)
    {
        var (begin, length) = Box(movie, "mdat"u8);
        for (var i = 0; i < 10; i++) movie[begin + (length * ((2 * i) + 1) / 20)] ^= (byte)(1 << (i % 8));
        return movie;
    }

    /// <summary>Returns the file without one of its top-level boxes.</summary>
    public static byte[] Without(byte[] movie, ReadOnlySpan<byte> name)
    {
        var (begin, length) = Box(movie, name);
        return [.. movie[..begin], .. movie[(begin + length)..]];
    }

    private static (int Begin, int Length) Box(byte[] movie, ReadOnlySpan<byte> name)
    {
        for (var at = 0; at < movie.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(movie.AsSpan(at));
            if (movie.AsSpan(at + 4, 4).SequenceEqual(name)) return (at, length);
            at += length;
        }

        throw new InvalidDataException("There is no such box.");
    }
}
