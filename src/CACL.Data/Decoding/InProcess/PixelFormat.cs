namespace CACL.Data.Decoding.InProcess;

/// <summary>How the pixels of a picture lie in memory, as far as cutting a box out of them wants to know (AVPixFmtDescriptor).</summary>
/// <param name="Id">AVPixelFormat.</param>
/// <param name="ChromaShiftX">2 to this many columns share one chroma sample.</param>
/// <param name="ChromaShiftY">2 to this many rows share one chroma sample.</param>
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

    /// <summary>Whether its pixels are a sensor's, of one colour each.</summary>
    public bool IsMosaic => (Flags & BayerFlag) != 0;

    /// <summary>Whether a picture's box is a picture: its pixels begin at whole bytes, and none is made of its neighbours.</summary>
    public bool CanBeCut => (Flags & (BitstreamFlag | BayerFlag)) == 0;

    /// <summary>The format of one plane that a picture which cannot be cut is converted to first, and bytes of its pixel.</summary>
    public (int Id, int PixelSize) Cuttable => (Flags & RgbFlag) != 0 ? (Rgb24, 3) : (Grey8, 1);

    /// <summary>The format of a number that a decoder gave out.</summary>
    public static PixelFormat Of(FfmpegFunctions ffmpeg, int id)
    {
        var description = ffmpeg.PixelFormat(id);
        return description == null ? default : new(id, description[9], description[10], *(ulong*)(description + 16));
    }

    /// <summary>Where a box begins in each plane. It begins at a whole chroma sample.</summary>
    public void Offset(FfmpegFunctions ffmpeg, byte** planes, int* lineSizes, int x, int y, byte** boxPlanes)
    {
        for (var plane = 0; plane < 4; plane++)
        {
            boxPlanes[plane] = planes[plane];
            if (planes[plane] == null || (HasPalette && plane == 1)) continue;
            var row = plane is 1 or 2 ? y >> ChromaShiftY : y;
            // So many bytes hold the columns before it, whether luma and chroma lie in one plane or apart.
            boxPlanes[plane] += (nint)row * lineSizes[plane] + (x == 0 ? 0 : ffmpeg.LineSize(Id, x, plane));
        }
    }
}
