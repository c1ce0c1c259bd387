using System.Runtime.InteropServices;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// What a conversion by libswscale depends on. Formats are AVPixelFormats; matrix and range are the source's (AVColorSpace, AVColorRange).
/// </summary>
internal readonly record struct PictureConversion(
    int Format, int Width, int Height, int TargetFormat, int TargetWidth, int TargetHeight, int Matrix, int Range);

/// <summary>
/// Converts pictures with libswscale, whose bilinear filter widens when it shrinks a picture, so that nothing aliases. Owns the native
/// context, which is reused as long as the conversion stays the same, and the picture that it writes.
/// </summary>
internal sealed unsafe class ScaleContext(FfmpegLibraries libraries) : IDisposable
{
    private const int Flags = 0x2 | 0x2000 | 0x40000; // SWS_BILINEAR | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND
    private const int UnitFactor = 1 << 16;
    private const int RowAlignment = 64;

    private readonly FfmpegFunctions _ffmpeg = libraries.Functions;
    private PictureConversion _conversion;
    private byte* _context;
    private byte* _rows;
    private int _rowsSize;

    /// <summary>The converted picture: one plane.</summary>
    public byte* Rows => _rows;

    /// <summary>Bytes from one row of the converted picture to the next.</summary>
    public int RowSize { get; private set; }

    /// <summary>Converts a picture.</summary>
    /// <param name="conversion">Source and target; the target is a format with a single plane.</param>
    /// <param name="targetPixelSize">Bytes of a pixel of the target.</param>
    /// <param name="planes">The source's four planes.</param>
    /// <param name="lineSizes">Bytes from one row to the next, of each plane.</param>
    /// <returns>Null, or what is wrong with the source's format.</returns>
    public string? Convert(PictureConversion conversion, int targetPixelSize, byte** planes, int* lineSizes)
    {
        var isNew = conversion != _conversion;
        if (!Prepare(conversion)) return "its pixel format cannot be converted to RGB";
        RowSize = (conversion.TargetWidth * targetPixelSize + RowAlignment - 1) / RowAlignment * RowAlignment + RowAlignment;
        if (isNew) EnsureRows(checked(RowSize * conversion.TargetHeight));
        var target = stackalloc byte*[4] { _rows, null, null, null };
        var targetLineSizes = stackalloc int[4] { RowSize, 0, 0, 0 };
        var written = _ffmpeg.Scale(_context, planes, lineSizes, 0, conversion.Height, target, targetLineSizes);
        return written == conversion.TargetHeight ? null : "libswscale failed on it";
    }

    public void Dispose()
    {
        if (_context != null) _ffmpeg.ScaleFree(_context);
        _context = null;
        NativeMemory.AlignedFree(_rows);
        _rows = null;
    }

    private bool Prepare(PictureConversion conversion)
    {
        if (_context != null && conversion == _conversion) return true;
        if (_context != null) _ffmpeg.ScaleFree(_context);
        _context = _ffmpeg.ScaleCreate(
            conversion.Width, conversion.Height, conversion.Format,
            conversion.TargetWidth, conversion.TargetHeight, conversion.TargetFormat, Flags, null, null, null);
        _conversion = conversion;
        if (_context == null) return false;
        // In some releases, setting a matrix and range for RGB would change its colours.
        if (!PixelFormat.Of(_ffmpeg, conversion.Format).IsYuv) return true;
        int* inverse, table;
        int range, targetRange, brightness, contrast, saturation;
        if (_ffmpeg.ScaleGetColours(_context, &inverse, &range, &table, &targetRange, &brightness, &contrast, &saturation) < 0) return true;
        // Otherwise the pixel format implies the range: full for yuvj*, limited for yuv*.
        if (conversion.Range is 1 or 2) range = conversion.Range - 1;
        var matrix = _ffmpeg.ScaleCoefficients(conversion.Matrix); // unspecified gives BT.601, as ffmpeg itself does
        _ffmpeg.ScaleSetColours(_context, matrix, range, table, targetRange, 0, UnitFactor, UnitFactor);
        return true;
    }

    private void EnsureRows(int bytes)
    {
        if (bytes > _rowsSize)
        {
            NativeMemory.AlignedFree(_rows);
            _rows = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, RowAlignment);
            _rowsSize = bytes;
        }

        // libswscale reads RGB pixels in pairs, and may read one past an odd row: black, as in ffmpeg's own pictures.
        NativeMemory.Clear(_rows, (nuint)_rowsSize);
    }
}
