using CACL.Data.DataSets;
using CACL.Data.Files;
using CACL.Node.Ending;
using SkiaSharp;

namespace CACL.Node.Pictures;

/// <summary>A prediction as a grey PNG whose values are class numbers, as the labels of a folder data set are.</summary>
internal static class PredictionFile
{
    /// <summary>Writes a prediction; the file appears under its name only once it is complete.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    public static void Write(string path, LabelMap prediction)
    {
        using var bitmap = new SKBitmap(prediction.Width, prediction.Height, SKColorType.Gray8, SKAlphaType.Opaque);
        var rows = bitmap.GetPixelSpan();
        for (var y = 0; y < prediction.Height; y++)
            prediction.Classes.AsSpan(y * prediction.Width, prediction.Width).CopyTo(rows[(y * bitmap.RowBytes)..]);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
            using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            AtomicFile.Write(path, data.SaveTo);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"The prediction {path} cannot be written: {e.Message.TrimEnd('.')}. Name another folder with --out.", e);
        }
    }

    /// <summary>Reads a prediction.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">The image's width.</param>
    /// <param name="height">The image's height.</param>
    /// <param name="classes">The data set's number of classes.</param>
    /// <exception cref="UserException">There is none, or it is not one of this image and these classes.</exception>
    public static LabelMap Read(string path, int width, int height, int classes)
    {
        const string remedy = "Make it with the same data set, split and --pictures as here: cacl evaluate … --pictures N --out DIR.";
        if (!File.Exists(path)) throw new UserException($"There is no prediction {path} to show beside the new one. {remedy}");
        using var bytes = SKData.CreateCopy(RegularFile.ReadAllBytes(path));
        using var codec = SKCodec.Create(bytes);
        using var bitmap = codec is null ? null : SKBitmap.Decode(codec);
        if (bitmap is null || bitmap.ColorType != SKColorType.Gray8 || bitmap.Width != width || bitmap.Height != height)
            throw new UserException($"{path} is no prediction for an image of {width}×{height} pixels. {remedy}");
        var map = new LabelMap(width, height, new byte[width * height]);
        var rows = bitmap.GetPixelSpan();
        for (var y = 0; y < height; y++) rows.Slice(y * bitmap.RowBytes, width).CopyTo(map.Classes.AsSpan(y * width));
        if (map.Classes.Max() is var most && most >= classes)
            throw new UserException($"{path} predicts class {most}, but the data set has {classes} classes. {remedy}");
        return map;
    }
}
