using CACL.Data.Sampling;

namespace CACL.Data.Catalog;

/// <summary>
/// How a stored picture becomes the displayed one, in one of eight ways: if it is mirrored, the order of its rows is reversed first; then
/// it is rotated.
/// </summary>
/// <param name="Rotation">Clockwise rotation: 0, 90, 180 or 270 degrees.</param>
/// <param name="Mirrored">Whether the order of the rows is reversed first. Mirroring left to right is this and a rotation by 180
/// degrees.</param>
public readonly record struct DisplayOrientation(int Rotation, bool Mirrored)
{
    /// <summary>Whether a row of the stored picture is a column of the displayed one.</summary>
    public bool SwapsSides => Rotation is 90 or 270;

    /// <summary>Returns the orientation that an EXIF tag names (0x0112, as TIFF 6.0 defines it).</summary>
    /// <param name="tag">1 to 8. Other numbers have no meaning and change nothing.</param>
    public static DisplayOrientation OfExif(int tag) => tag switch
    {
        2 => new(180, true),
        3 => new(180, false),
        4 => new(0, true),
        5 => new(90, true),
        6 => new(90, false),
        7 => new(270, true),
        8 => new(270, false),
        _ => default,
    };

    /// <summary>Returns where a pixel of the displayed picture lies in the stored one.</summary>
    /// <param name="x">Column of the displayed picture.</param>
    /// <param name="y">Row of the displayed picture.</param>
    /// <param name="width">Pixels of a row of the stored picture.</param>
    /// <param name="height">Rows of the stored picture.</param>
    public (int X, int Y) Stored(int x, int y, int width, int height)
    {
        var (fromX, fromY) = Rotation switch
        {
            90 => (y, height - 1 - x),
            180 => (width - 1 - x, height - 1 - y),
            270 => (width - 1 - y, x),
            _ => (x, y),
        };
        return (fromX, Mirrored ? height - 1 - fromY : fromY);
    }

    /// <summary>
    /// Returns the box of the stored picture that becomes the given box of the displayed one; sizes are the stored picture's.
    /// </summary>
    internal CropBox Stored(CropBox box, int width, int height)
    {
        var (left, top) = Stored(box.X, box.Y, width, height);
        var (right, bottom) = Stored(box.X + box.Width - 1, box.Y + box.Height - 1, width, height);
        return new(Math.Min(left, right), Math.Min(top, bottom), Math.Abs(right - left) + 1, Math.Abs(bottom - top) + 1);
    }

    /// <summary>
    /// Returns the orientation of ffmpeg's display matrix (libavutil/display.h). A rotation that is not a multiple of 90 degrees, within
    /// one degree, counts as none.
    /// </summary>
    /// <param name="matrix">Nine numbers: (x, y) is displayed at (m0·x + m3·y, m1·x + m4·y), shifted into view.</param>
    internal static DisplayOrientation OfMatrix(ReadOnlySpan<int> matrix)
    {
        var (ax, ay) = ((double)matrix[0], (double)matrix[1]); // where a step to the right leads
        var (bx, by) = ((double)matrix[3], (double)matrix[4]); // where a step down leads
        var (wide, high) = (Math.Sqrt(ax * ax + bx * bx), Math.Sqrt(ay * ay + by * by));
        if (wide == 0 || high == 0) return default;
        var clockwise = Math.Atan2(ay / high, ax / wide) * 180 / Math.PI;
        var quarters = Math.Round(clockwise / 90);
        return Math.Abs(clockwise - quarters * 90) > 1 ? default : new(((int)quarters % 4 + 4) % 4 * 90, ax * by < bx * ay);
    }
}
