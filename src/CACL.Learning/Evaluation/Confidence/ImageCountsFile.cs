using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using CACL.Learning.Weights;

namespace CACL.Learning.Evaluation.Confidence;

/// <summary>
/// The counts of each test image in a safetensors file: <c>pixels</c> U32 and <c>cells</c> U16 (label × classes + prediction), one for
/// each count above 0, image after image, and <c>ends</c> I64, where each image's counts end; in the metadata the number of classes and
/// the images' names. Two results with such files can be compared image by image.
/// </summary>
/// <param name="Counts">The counts.</param>
/// <param name="Images">The images' names.</param>
public sealed record ImageCountsFile(ImageCounts Counts, IReadOnlyList<string> Images)
{
    /// <summary>Its usual name, beside <c>result.json</c>.</summary>
    public const string Name = "counts.safetensors";

    private const string Format = "cacl-image-counts-1";

    /// <summary>Writes the file atomically.</summary>
    /// <exception cref="WeightsException">It cannot be written.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["classes"] = Counts.Classes.ToString(CultureInfo.InvariantCulture),
            ["images"] = JsonSerializer.Serialize(Images),
        };
        var (cells, pixels, ends) = (new byte[2 * Counts.Cells.Count], new byte[4 * Counts.Pixels.Count], new byte[8 * Counts.Images]);
        for (var i = 0; i < Counts.Cells.Count; i++) BinaryPrimitives.WriteUInt16LittleEndian(cells.AsSpan(2 * i), Counts.Cells[i]);
        for (var i = 0; i < Counts.Pixels.Count; i++) BinaryPrimitives.WriteUInt32LittleEndian(pixels.AsSpan(4 * i), Counts.Pixels[i]);
        for (var i = 0; i < Counts.Images; i++) BinaryPrimitives.WriteInt64LittleEndian(ends.AsSpan(8 * i), Counts.Ends[i]);
        SafeTensorsItem[] tensors =
        [
            SafeTensorsItem.Of("cells", SafeTensorsType.U16, [Counts.Cells.Count], cells),
            SafeTensorsItem.Of("pixels", SafeTensorsType.U32, [Counts.Pixels.Count], pixels),
            SafeTensorsItem.Of("ends", SafeTensorsType.I64, [Counts.Images], ends),
        ];
        AtomicWeightsFile.Write(path, overwrite: true, stream => SafeTensorsWriter.Write(stream, path, tensors, metadata));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="SafeTensorsException">The file cannot be read, or holds no counts of this program.</exception>
    public static ImageCountsFile Read(string path)
    {
        using var file = SafeTensorsReader.Open(path);
        var format = file.Metadata.GetValueOrDefault("format");
        if (format != Format)
            throw new SafeTensorsException(
                path, "metadata", $"its format is '{format ?? "not given"}', not '{Format}': it holds no counts of test images");
        var (cells, pixels, ends) = (
            Bytes(file, "cells", SafeTensorsType.U16), Bytes(file, "pixels", SafeTensorsType.U32),
            Bytes(file, "ends", SafeTensorsType.I64));
        try
        {
            var images = JsonSerializer.Deserialize<string[]>(file.Metadata.GetValueOrDefault("images") ?? "") ?? [];
            var counts = new ImageCounts(
                int.Parse(file.Metadata.GetValueOrDefault("classes") ?? "", NumberStyles.None, CultureInfo.InvariantCulture),
                [.. Enumerable.Range(0, cells.Length / 2).Select(i => BinaryPrimitives.ReadUInt16LittleEndian(cells.AsSpan(2 * i)))],
                [.. Enumerable.Range(0, pixels.Length / 4).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(pixels.AsSpan(4 * i)))],
                [.. Enumerable.Range(0, ends.Length / 8).Select(i => BinaryPrimitives.ReadInt64LittleEndian(ends.AsSpan(8 * i)))]);
            if (images.Length != counts.Images)
                throw new ArgumentException($"{images.Length} names do not belong to {counts.Images} images");
            return new ImageCountsFile(counts, images);
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or ArgumentException)
        {
            throw new SafeTensorsException(path, "content", $"cannot be used ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static byte[] Bytes(SafeTensorsReader file, string name, SafeTensorsType type)
    {
        var entry = file[name];
        if (entry.Type != type || entry.Shape.Length != 1)
            throw new SafeTensorsException(file.Path, $"tensor '{name}'", $"is {entry.Describe()} instead of a list of {type}");
        return file.ReadBytes(entry);
    }
}
