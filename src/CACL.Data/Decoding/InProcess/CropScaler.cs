using System.Runtime.InteropServices;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Cuts a box out of a decoded frame, resizes it to S×S by libswscale's bilinear filter (which widens when it shrinks, so nothing
/// aliases), converts it to RGB by the frame's own matrix and range, and turns it as it is to be displayed. Owns the native context.
/// </summary>
internal sealed unsafe class CropScaler(FfmpegLibraries libraries) : IDisposable
{
    private const int Flags = 0x2 | 0x2000 | 0x40000; // SWS_BILINEAR | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND
    private const int Rgb24 = 2; // AV_PIX_FMT_RGB24
    private const int PaletteFlag = 1 << 1; // AV_PIX_FMT_FLAG_PAL
    private const int BitstreamFlag = 1 << 2; // AV_PIX_FMT_FLAG_BITSTREAM
    private const int RgbFlag = 1 << 5; // AV_PIX_FMT_FLAG_RGB
    private const int UnitFactor = 1 << 16;
    private const int RowAlignment = 64;

    private readonly FfmpegFunctions _ffmpeg = libraries.Functions;
    private Source _source;
    private byte* _context;
    private byte* _rows;
    private int _rowsSize;

    /// <summary>Writes the crop.</summary>
    /// <param name="frame">The decoded frame.</param>
    /// <param name="box">The region of the displayed frame.</param>
    /// <param name="displayedWidth">Width of the frame that the box speaks of; another decoded size scales the box.</param>
    /// <param name="displayedHeight">Height of the frame that the box speaks of.</param>
    /// <param name="rotation">Clockwise turn that displays the frame: 0, 90, 180 or 270.</param>
    /// <param name="size">S.</param>
    /// <param name="crop">S·S·3 bytes.</param>
    /// <returns>Null, or what is wrong with the frame's format.</returns>
    public string? Write(MediaFrame frame, CropBox box, int displayedWidth, int displayedHeight, int rotation, int size, Span<byte> crop)
    {
        var description = _ffmpeg.PixelFormat(frame.Format);
        if (description == null || _ffmpeg.ScaleReads(frame.Format) == 0) return "its pixel format cannot be converted to RGB";
        var (width, height) = rotation is 90 or 270 ? (displayedHeight, displayedWidth) : (displayedWidth, displayedHeight);
        var coded = ScaleBox(Unrotate(box, width, height, rotation), width, height, frame.Width, frame.Height);
        var flags = *(ulong*)(description + 16);
        var align = (flags & BitstreamFlag) != 0 ? (X: 8, Y: 1) : (X: 1 << description[9], Y: 1 << description[10]);
        coded = AlignToChroma(coded, align.X, align.Y);
        if (!Prepare(new Source(frame.Format, coded.Width, coded.Height, size, frame.ColourSpace, frame.ColourRange), (flags & (RgbFlag | PaletteFlag)) != 0))
            return "its pixel format cannot be converted to RGB";

        var planes = stackalloc byte*[4];
        Offset(frame, description, (flags & PaletteFlag) != 0, coded, planes);
        var rowSize = (size * 3 + RowAlignment - 1) / RowAlignment * RowAlignment + RowAlignment;
        EnsureRows(rowSize * size);
        var target = stackalloc byte*[4] { _rows, null, null, null };
        var targetLineSizes = stackalloc int[4] { rowSize, 0, 0, 0 };
        if (_ffmpeg.Scale(_context, planes, frame.LineSizes, 0, coded.Height, target, targetLineSizes) != size) return "libswscale failed on it";
        Turn(rowSize, rotation, size, crop);
        return null;
    }

    public void Dispose()
    {
        if (_context != null) _ffmpeg.ScaleFree(_context);
        _context = null;
        NativeMemory.AlignedFree(_rows);
        _rows = null;
    }

    /// <summary>The box in the decoded picture that a clockwise turn moves to the given box; sizes are the decoded picture's.</summary>
    internal static CropBox Unrotate(CropBox box, int width, int height, int rotation) => rotation switch
    {
        90 => new(box.Y, height - box.X - box.Width, box.Height, box.Width),
        180 => new(width - box.X - box.Width, height - box.Y - box.Height, box.Width, box.Height),
        270 => new(width - box.Y - box.Height, box.X, box.Height, box.Width),
        _ => box,
    };

    /// <summary>The same share of a picture of another size, at least one pixel and within it.</summary>
    internal static CropBox ScaleBox(CropBox box, int width, int height, int actualWidth, int actualHeight)
    {
        var (x, w) = ScaleSpan(box.X, box.Width, width, actualWidth);
        var (y, h) = ScaleSpan(box.Y, box.Height, height, actualHeight);
        return new(x, y, w, h);

        static (int Start, int Length) ScaleSpan(int start, int length, int from, int to)
        {
            var a = Math.Clamp((int)Math.Round((double)start * to / from), 0, to - 1);
            var b = Math.Clamp((int)Math.Round((double)(start + length) * to / from), a + 1, to);
            return (a, b - a);
        }
    }

    // A plane pointer can only start at a whole chroma sample: the box may begin up to one pixel earlier than asked for, in both frames alike.
    private static CropBox AlignToChroma(CropBox box, int x, int y)
    {
        var (left, top) = (box.X / x * x, box.Y / y * y);
        return new(left, top, box.X + box.Width - left, box.Y + box.Height - top);
    }

    private bool Prepare(Source source, bool isRgb)
    {
        if (_context != null && source == _source) return true;
        if (_context != null) _ffmpeg.ScaleFree(_context);
        _context = _ffmpeg.ScaleCreate(source.Width, source.Height, source.Format, source.Size, source.Size, Rgb24, Flags, null, null, null);
        _source = source;
        if (_context == null) return false;
        if (isRgb) return true; // a matrix and range set for RGB would change its colours in some releases
        int* inverse, table;
        int range, targetRange, brightness, contrast, saturation;
        if (_ffmpeg.ScaleGetColours(_context, &inverse, &range, &table, &targetRange, &brightness, &contrast, &saturation) < 0) return true;
        if (source.Range is 1 or 2) range = source.Range - 1; // otherwise what the pixel format implies: full for yuvj*, limited for yuv*
        var matrix = _ffmpeg.ScaleCoefficients(source.Matrix); // unspecified gives BT.601, as ffmpeg itself does
        _ffmpeg.ScaleSetColours(_context, matrix, range, table, targetRange, 0, UnitFactor, UnitFactor);
        return true;
    }

    private void Offset(MediaFrame frame, byte* description, bool hasPalette, CropBox box, byte** planes)
    {
        var steps = stackalloc int[4];
        var components = stackalloc int[4];
        _ffmpeg.PixelSteps(steps, components, description);
        for (var plane = 0; plane < 4; plane++)
        {
            planes[plane] = frame.Planes[plane];
            if (planes[plane] == null || (hasPalette && plane == 1)) continue;
            var subsampled = plane is 1 or 2;
            var x = subsampled ? box.X >> description[9] : box.X;
            var y = subsampled ? box.Y >> description[10] : box.Y;
            planes[plane] += (nint)y * frame.LineSizes[plane] + (nint)x * steps[plane];
        }
    }

    private void EnsureRows(int bytes)
    {
        if (bytes <= _rowsSize) return;
        NativeMemory.AlignedFree(_rows);
        _rows = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, RowAlignment);
        _rowsSize = bytes;
    }

    private void Turn(int rowSize, int rotation, int size, Span<byte> crop)
    {
        if (rotation == 0)
        {
            for (var y = 0; y < size; y++) new ReadOnlySpan<byte>(_rows + y * rowSize, size * 3).CopyTo(crop.Slice(y * size * 3, size * 3));
            return;
        }

        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var (fromX, fromY) = rotation switch
                {
                    90 => (y, size - 1 - x),
                    180 => (size - 1 - x, size - 1 - y),
                    _ => (size - 1 - y, x),
                };
                var from = _rows + fromY * rowSize + fromX * 3;
                var to = crop.Slice((y * size + x) * 3, 3);
                (to[0], to[1], to[2]) = (from[0], from[1], from[2]);
            }
        }
    }

    /// <summary>Everything a scaling context depends on.</summary>
    private readonly record struct Source(int Format, int Width, int Height, int Size, int Matrix, int Range);
}
