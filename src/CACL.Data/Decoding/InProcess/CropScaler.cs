using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Crops a box out of a decoded frame, resizes it to S×S, converts it to RGB by the frame's own matrix and range, and orients it for
/// display.
/// </summary>
internal sealed unsafe class CropScaler(FfmpegLibraries libraries) : IDisposable
{
    private readonly FfmpegFunctions _ffmpeg = libraries.Functions;
    private readonly ScaleContext _whole = new(libraries);
    private readonly ScaleContext _crop = new(libraries);

    /// <summary>Writes the crop.</summary>
    /// <param name="frame">The decoded frame.</param>
    /// <param name="box">The region of the displayed frame.</param>
    /// <param name="displayedWidth">Width of the frame to which the box refers; if the decoded size differs, the box is scaled.</param>
    /// <param name="displayedHeight">Height of the frame to which the box refers.</param>
    /// <param name="orientation">How the frame is oriented for display.</param>
    /// <param name="size">S.</param>
    /// <param name="crop">S·S·3 bytes.</param>
    /// <returns>Null, or what is wrong with the frame's format.</returns>
    public string? Write(
        MediaFrame frame, CropBox box, int displayedWidth, int displayedHeight, DisplayOrientation orientation, int size, Span<byte> crop)
    {
        var format = PixelFormat.Of(_ffmpeg, frame.Format);
        if (_ffmpeg.ScaleReads(frame.Format) == 0) return "its pixel format cannot be converted to RGB";
        var (width, height) = orientation.SwapsSides ? (displayedHeight, displayedWidth) : (displayedWidth, displayedHeight);
        var stored = ScaleBox(orientation.Stored(box, width, height), width, height, frame.Width, frame.Height);
        if (format.CanBeCut) return Write(format, frame, frame.Planes, frame.LineSizes, stored, orientation, size, crop);

        var (target, pixelSize) = format.Cuttable;
        var conversion = new PictureConversion(
            frame.Format, frame.Width, frame.Height, target, frame.Width, frame.Height, frame.ColourSpace, frame.ColourRange);
        if (_whole.Convert(conversion, pixelSize, frame.Planes, frame.LineSizes) is { } fault) return fault;
        var planes = stackalloc byte*[4] { _whole.Rows, null, null, null };
        var lineSizes = stackalloc int[4] { _whole.RowSize, 0, 0, 0 };
        return Write(PixelFormat.Of(_ffmpeg, target), frame, planes, lineSizes, stored, orientation, size, crop);
    }

    public void Dispose()
    {
        _whole.Dispose();
        _crop.Dispose();
    }

    /// <summary>
    /// Returns the box that covers the same share of a picture of another size; at least one pixel, and within the picture.
    /// </summary>
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

    private string? Write(
        PixelFormat format,
        MediaFrame frame,
        byte** planes,
        int* lineSizes,
        CropBox box,
        DisplayOrientation orientation,
        int size,
        Span<byte> crop)
    {
        box = AlignToChroma(box, 1 << format.ChromaShiftX, 1 << format.ChromaShiftY);
        var boxPlanes = stackalloc byte*[4];
        format.Offset(_ffmpeg, planes, lineSizes, box.X, box.Y, boxPlanes);
        var conversion = new PictureConversion(
            format.Id, box.Width, box.Height, PixelFormat.Rgb24, size, size, frame.ColourSpace, frame.ColourRange);
        if (_crop.Convert(conversion, targetPixelSize: 3, boxPlanes, lineSizes) is { } fault) return fault;
        Turn(_crop.Rows, _crop.RowSize, orientation, size, crop);
        return null;
    }

    // A plane pointer can only point to a whole chroma sample: the box may begin a little earlier than requested, in both frames alike.
    private static CropBox AlignToChroma(CropBox box, int x, int y)
    {
        var (left, top) = (box.X / x * x, box.Y / y * y);
        return new(left, top, box.X + box.Width - left, box.Y + box.Height - top);
    }

    private static void Turn(byte* rows, int rowSize, DisplayOrientation orientation, int size, Span<byte> crop)
    {
        if (orientation == default)
        {
            for (var y = 0; y < size; y++) new ReadOnlySpan<byte>(rows + y * rowSize, size * 3).CopyTo(crop.Slice(y * size * 3, size * 3));
            return;
        }

        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var (fromX, fromY) = orientation.Stored(x, y, size, size);
                var from = rows + fromY * rowSize + fromX * 3;
                var to = crop.Slice((y * size + x) * 3, 3);
                (to[0], to[1], to[2]) = (from[0], from[1], from[2]);
            }
        }
    }
}
