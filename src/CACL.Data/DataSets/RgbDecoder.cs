using System.Buffers;
using CACL.Data.Catalog;
using CACL.Data.Files;
using SkiaSharp;

namespace CACL.Data.DataSets;

/// <summary>Decodes image files to RGB bytes with Skia.</summary>
internal static class RgbDecoder
{
    private const int BytesOfRgba = 4;

    /// <inheritdoc cref="RgbImage.Read"/>
    public static RgbImage Read(string path)
    {
        Require(path);
        using var codec = SKCodec.Create(path, out var opened);
        if (codec is null) throw new DataSetException(path, $"The image {path} cannot be read: {Unopened(path, opened)}.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > ImageLimits.Pixels)
            throw new DataSetException(path, $"The image {path} has {width}×{height} pixels; at most {ImageLimits.Pixels:N0} are read.");

        var rgba = ArrayPool<byte>.Shared.Rent(width * height * BytesOfRgba);
        try
        {
            Decode(codec, path, width, height, rgba);
            var stored = new RgbImage(width, height, WithoutAlpha(rgba, width * height));
            var orientation = DisplayOrientation.OfExif((int)codec.EncodedOrigin); // Skia uses EXIF's numbers
            return orientation == default ? stored : Turned(stored, orientation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }

    // Skia opens the file by name, and would wait if that were a named pipe.
    private static void Require(string path)
    {
        try
        {
            RegularFile.Require(path);
        }
        catch (NotARegularFileException e)
        {
            throw new DataSetException(path, $"The image {path} is {NotARegularFileException.Words(e.Kind)}.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataSetException(path, $"The image {path} is missing.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException(path, $"The image {path} cannot be read: {e.Message}", e);
        }
    }

    private static unsafe void Decode(SKCodec codec, string path, int width, int height, byte[] rgba)
    {
        // Without a colour space, bytes come out as they are stored. Unpremultiplied, so that alpha can be dropped without a trace.
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null);
        SKCodecResult result;
        fixed (byte* pixels = rgba) result = codec.GetPixels(info, (nint)pixels);
        if (result == SKCodecResult.Success) return;
        throw new DataSetException(path, $"The image {path} cannot be decoded: "
            + $"{(result == SKCodecResult.IncompleteInput ? "it is cut short" : $"it is damaged ({result})")}. Copy or download it again.");
    }

    private static byte[] WithoutAlpha(byte[] rgba, int pixels)
    {
        var rgb = GC.AllocateUninitializedArray<byte>(pixels * 3);
        for (int i = 0, from = 0, to = 0; i < pixels; i++, from += BytesOfRgba, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }

        return rgb;
    }

    private static RgbImage Turned(RgbImage stored, DisplayOrientation orientation)
    {
        var (width, height) = orientation.SwapsSides ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        var pixels = GC.AllocateUninitializedArray<byte>(stored.Pixels.Length);
        for (int y = 0, to = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, to += 3)
            {
                var (fromX, fromY) = orientation.Stored(x, y, stored.Width, stored.Height);
                stored.Pixels.AsSpan((fromY * stored.Width + fromX) * 3, 3).CopyTo(pixels.AsSpan(to));
            }
        }

        return new RgbImage(width, height, pixels);
    }

    private static string Unopened(string path, SKCodecResult result)
    {
        try
        {
            using var file = RegularFile.OpenRead(path);
            if (file.Length == 0) return "it is empty";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message.TrimEnd('.');
        }

        return result == SKCodecResult.IncompleteInput
            ? "it is cut short. Copy or download it again"
            : "it is neither a JPEG nor a PNG, or damaged";
    }
}
