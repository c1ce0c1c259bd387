namespace CACL.Data.Decoding.InProcess;

/// <summary>How the pixels of a picture lie in memory, as far as cropping needs to know (AVPixFmtDescriptor).</summary>
/// <param name="Id">AVPixelFormat.</param>
/// <param name="ChromaShiftX">2 to the power of this is the number of columns that share a chroma sample.</param>
/// <param name="ChromaShiftY">2 to the power of this is the number of rows that share a chroma sample.</param>
/// <param name="Flags">AV_PIX_FMT_FLAG_….</param>
internal readonly unsafe record struct PixelFormat(int Id, int ChromaShiftX, int ChromaShiftY, ulong Flags)
{
    public const int Rgb24 = 2; // AV_PIX_FMT_RGB24
    public const int Grey8 = 8; // AV_PIX_FMT_GRAY8

    private const ulong PaletteFlag = 1 << 1; // AV_PIX_FMT_FLAG_PAL
    private const ulong BitstreamFlag = 1 << 2; // AV_PIX_FMT_FLAG_BITSTREAM
    private const ulong RgbFlag = 1 << 5; // AV_PIX_FMT_FLAG_RGB
    private const ulong BayerFlag = 1 << 8; // AV_PIX_FMT_FLAG_BAYER

    public bool HasPalette => (Flags & PaletteFlag) != 0;

    /// <summary>Whether its colours depend on a matrix and a range.</summary>
    public bool IsYuv => (Flags & (RgbFlag | PaletteFlag)) == 0;

    /// <summary>Whether its pixels are those of a sensor, of one colour each (a Bayer pattern).</summary>
    public bool IsMosaic => (Flags & BayerFlag) != 0;

    /// <summary>
    /// Whether a box of a picture is a picture itself: its pixels begin at whole bytes, and none is interpolated from its neighbours.
    /// </summary>
    public bool CanBeCut => (Flags & (BitstreamFlag | BayerFlag)) == 0;

    /// <summary>The single-plane format to which a picture that cannot be cropped is converted first, and its bytes per pixel.</summary>
    public (int Id, int PixelSize) Cuttable => (Flags & RgbFlag) != 0 ? (Rgb24, 3) : (Grey8, 1);

    /// <summary>Returns the format with the number that a decoder reported.</summary>
    public static PixelFormat Of(FfmpegFunctions ffmpeg, int id)
    {
        var description = ffmpeg.PixelFormat(id);
        return description == null ? default : new(id, description[9], description[10], *(ulong*)(description + 16));
    }

    /// <summary>Computes where a box begins in each plane. The box begins at a whole chroma sample.</summary>
    public void Offset(FfmpegFunctions ffmpeg, byte** planes, int* lineSizes, int x, int y, byte** boxPlanes)
    {
        for (var plane = 0; plane < 4; plane++)
        {
            boxPlanes[plane] = planes[plane];
            if (planes[plane] == null || (HasPalette && plane == 1)) continue;
            var row = plane is 1 or 2 ? y >> ChromaShiftY : y;
            // The bytes of the columns before the box, whether luma and chroma lie in one plane or in several.
            boxPlanes[plane] += (nint)row * lineSizes[plane] + (x == 0 ? 0 : ffmpeg.LineSize(Id, x, plane));
        }
    }
}
