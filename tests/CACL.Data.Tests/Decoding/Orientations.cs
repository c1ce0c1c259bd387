using System.Buffers.Binary;
using CACL.Data.Catalog;

namespace CACL.Data.Tests.Decoding;

/// <summary>The eight ways to display a picture, by EXIF's numbers, and movies that ask for one of them.</summary>
internal static class Orientations
{
    /// <summary>ffmpeg's filters that display a picture so, by EXIF's number less one.</summary>
    private static readonly string[] Filters =
        ["null", "hflip", "hflip,vflip", "vflip", "transpose=cclock_flip", "transpose=clock", "transpose=clock_flip", "transpose=cclock"];

    // Where a step to the right leads, then where a step down does: (a, b, c, d) of a movie's matrix.
    private static readonly int[][] Matrices =
        [[1, 0, 0, 1], [-1, 0, 0, 1], [-1, 0, 0, -1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0], [0, -1, -1, 0], [0, -1, 1, 0]];

    public static TheoryData<int> All => [1, 2, 3, 4, 5, 6, 7, 8];

    public static DisplayOrientation Of(int tag) => DisplayOrientation.OfExif(tag);

    public static string Filter(int tag) => Filters[tag - 1];

    /// <summary>The nine numbers of ffmpeg's display matrix.</summary>
    public static int[] Matrix(int tag)
    {
        var m = Matrices[tag - 1];
        return [m[0] << 16, m[1] << 16, 0, m[2] << 16, m[3] << 16, 0, 0, 0, 1 << 30];
    }

    /// <summary>
    /// The movie with another matrix in its track's header (ISO 14496-12, tkhd of version 0). Written here, since one version of ffmpeg
    /// takes options for it that the next one does not know.
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
