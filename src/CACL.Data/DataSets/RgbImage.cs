namespace CACL.Data.DataSets;

/// <summary>A decoded image: row-major, three bytes (red, green, blue) per pixel.</summary>
public sealed class RgbImage
{
    /// <summary>Creates an image that takes over the given pixels.</summary>
    /// <exception cref="ArgumentException">There are not width·height·3 bytes.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != (long)width * height * 3)
            throw new ArgumentException($"{pixels.Length} bytes are not {width}×{height} pixels of three.", nameof(pixels));
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Width·Height·3 bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>
    /// Decodes a JPEG or PNG file as it is displayed: oriented by its EXIF entry, without colour management, grey and CMYK converted to
    /// RGB, 16 bits reduced to 8, alpha dropped.
    /// </summary>
    /// <exception cref="DataSetException">The file is missing, damaged, truncated or too large.</exception>
    public static RgbImage Read(string path) => RgbDecoder.Read(path);
}
