using System.Buffers.Binary;
using CACL.Data.Catalog;

namespace CACL.Data.Tests.Decoding;

/// <summary>The eight orientations of a picture, by EXIF's numbers, and movies that ask for one of them.</summary>
internal static class Orientations
{
    /// <summary>ffmpeg's filters for the orientations, by EXIF's number minus one.</summary>
    private static readonly string[] Filters =
        ["null", "hflip", "hflip,vflip", "vflip", "transpose=cclock_flip", "transpose=clock", "transpose=clock_flip", "transpose=cclock"];

    // Each row is (a, b, c, d) of a movie's matrix: where a step to the right leads, then where a step down does.
    private static readonly int[][] Matrices =
        [[1, 0, 0, 1], [-1, 0, 0, 1], [-1, 0, 0, -1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0], [0, -1, -1, 0], [0, -1, 1, 0]];

    public static TheoryData<int> All => [1, 2, 3, 4, 5, 6, 7, 8];

    public static DisplayOrientation Of(int tag) => DisplayOrientation.OfExif(tag);

    public static string Filter(int tag) => Filters[tag - 1];

    /// <summary>Returns the nine numbers of ffmpeg's display matrix.</summary>
    public static int[] Matrix(int tag)
    {
        var m = Matrices[tag - 1];
        return [m[0] << 16, m[1] << 16, 0, m[2] << 16, m[3] << 16, 0, 0, 0, 1 << 30];
    }

    /// <summary>
    /// Returns the movie with another matrix in its track's header (ISO 14496-12, tkhd of version 0). The bytes are written here, since
    /// ffmpeg's options for it differ between versions.
    /// </summary>
    public static string Turned(string movie, string path, int tag)
    {
        var bytes = File.ReadAllBytes(movie);
        var matrix = bytes.AsSpan(bytes.AsSpan().IndexOf("tkhd"u8) + 44);
        var numbers = Matrix(tag);
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32BigEndian(matrix[(4 * i)..], numbers[i]);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
