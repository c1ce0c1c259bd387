using System.Buffers;
using CACL.Data.Catalog;
using CACL.Data.DataSets;
using Microsoft.Win32.SafeHandles;
using SkiaSharp;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Reads the record of a JPEG or PNG from its first and last bytes, so that a scan of a million images decodes none of them. Where these
/// leave a doubt, above all where the file does not end as such an image does, decoding has to tell.
/// </summary>
internal static class StillHeader
{
    // Before the size come a camera's notes and a thumbnail. Most images have less of them than this.
    private const int Beginning = 16_384;
    private const int Ending = 12;

    private const string Jpeg = "jpeg_pipe";
    private const string Png = "png_pipe";

    /// <summary>Reads a still image's record.</summary>
    /// <returns>The record, or null: the file is none of these images, or it must be decoded to know.</returns>
    /// <exception cref="VideoUnusableException">
    /// The file cannot be read, is no image although its name says so, or has too many pixels.
    /// </exception>
    /// <exception cref="DecoderFaultException">The machine is out of memory, or too many files are open.</exception>
    public static VideoRecord? Read(string path)
    {
        if (!VideoFileTypes.IsStill(path)) return null;
        var buffer = ArrayPool<byte>.Shared.Rent(Beginning);
        try
        {
            using var file = AllowedFormats.Open(path);
            var head = buffer.AsSpan(0, AllowedFormats.ReadHead(file, path, buffer.AsSpan(0, Beginning)));
            var demuxer = AllowedFormats.StillDemuxerOf(path, head);
            if (Size(path, head) is not var (width, height, orientation)) return null;
            if ((long)width * height > ImageLimits.Pixels)
            {
                throw new VideoUnusableException(
                    path, UnusableReason.TooLarge,
                    $"{path} has {width}×{height} pixels; at most {ImageLimits.Pixels:N0} are decoded.");
            }

            if (!EndsAsItShould(file, path, demuxer)) return null;
            if (orientation.SwapsSides) (width, height) = (height, width);
            // ffmpeg's image demuxers give a picture the time 0, in units of 1/25 s.
            return new VideoRecord(
                path, StreamIndex: 0, demuxer == Jpeg ? "mjpeg" : "png", width, height, orientation, ReorderDelay: 0, CountedBy.Packets,
                new FrameIndex(1, 25, [0], [0], Seekable: false));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (int Width, int Height, DisplayOrientation Orientation)? Size(string path, ReadOnlySpan<byte> head)
    {
        using var data = SKData.CreateCopy(head);
        using var codec = SKCodec.Create(data) ?? SKCodec.Create(path);
        if (codec is null) return null;
        return (codec.Info.Width, codec.Info.Height, DisplayOrientation.OfExif((int)codec.EncodedOrigin)); // Skia uses EXIF's numbers
    }

    private static bool EndsAsItShould(SafeFileHandle file, string path, string demuxer)
    {
        if (demuxer is not (Jpeg or Png)) return false;
        Span<byte> tail = stackalloc byte[Ending];
        var length = RandomAccess.GetLength(file);
        if (length < Ending || AllowedFormats.Read(file, path, tail, length - Ending) < Ending) return false;
        return demuxer == Jpeg ? tail.EndsWith((ReadOnlySpan<byte>)[0xff, 0xd9]) : tail[4..].StartsWith("IEND"u8);
    }
}
