namespace CACL.Testing;

/// <summary>Adds to a JPEG how it is to be displayed.</summary>
internal static class ExifJpeg
{
    /// <summary>Returns the JPEG with an EXIF entry: in one byte order for even orientations, in the other for odd ones.</summary>
    /// <param name="jpeg">A JPEG file.</param>
    /// <param name="orientation">The entry's value (0x0112), 1 to 8.</param>
    public static byte[] Tagged(byte[] jpeg, int orientation)
    {
        byte[] entry = orientation % 2 == 0
            ? [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0]
            : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        return [.. jpeg[..2], 0xff, 0xe1, 0, (byte)(8 + entry.Length), .. "Exif\0\0"u8, .. entry, .. jpeg[2..]];
    }
}
