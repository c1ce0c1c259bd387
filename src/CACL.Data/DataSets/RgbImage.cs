namespace CACL.Data.DataSets;

/// <summary>A decoded image: row-major, three bytes (red, green, blue) a pixel.</summary>
public sealed class RgbImage
{
    /// <summary>Of pixels that are handed over.</summary>
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
    /// Decodes a JPEG or PNG file as it is displayed: turned as an EXIF entry says, without colour management, grey and CMYK as RGB,
    /// 16 bits cut to 8, alpha dropped.
    /// </summary>
    /// <exception cref="DataSetException">It is missing, damaged, cut short or too large.</exception>
    public static RgbImage Read(string path) => RgbDecoder.Read(path);
}
