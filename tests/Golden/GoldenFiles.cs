using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using CACL.Learning.Verification;

namespace CACL.Testing;

/// <summary>
/// Unpacks the golden files of tests/reference/golden once into <c>golden</c> beside the test's assembly. Each is byte for byte the file
/// that the reference wrote: its SHA-256 is compared.
/// </summary>
internal static partial class GoldenFiles
{
    private static readonly string Packed = System.IO.Path.Combine(Workspace.Root, "tests", "reference", "golden");

    private static readonly Lazy<string> Unpacked = new(Unpack);

    /// <summary>Folder of the unpacked files.</summary>
    public static string Folder => Unpacked.Value;

    /// <summary>Names of the files without their extension, such as losses_1.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Sums().Select(sum => System.IO.Path.GetFileNameWithoutExtension(sum.File))];

    /// <summary>Returns the path of an unpacked file.</summary>
    public static string Path(string name) => System.IO.Path.Combine(Folder, $"{name}.safetensors");

    private static IEnumerable<(string Sum, string File)> Sums() =>
        File.ReadLines(System.IO.Path.Combine(Packed, "SHA256SUMS")).Select(line => line.Split("  ")).Select(parts => (parts[0], parts[1]));

    private static string Unpack()
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(AppContext.BaseDirectory, "golden")).FullName;
        foreach (var (sum, file) in Sums())
        {
            var path = System.IO.Path.Combine(folder, file);
            if (File.Exists(path) && SumOf(File.ReadAllBytes(path)) == sum) continue;
            var bytes = Gunzip(System.IO.Path.Combine(Packed, file + ".gz"));
            ComputeImages(bytes);
            if (SumOf(bytes) != sum) throw new InvalidDataException($"{file} is not what SHA256SUMS says after unpacking.");
            var unfinished = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(unfinished, bytes);
            File.Move(unfinished, path, overwrite: true);
        }

        return folder;
    }

    private static string SumOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] Gunzip(string path)
    {
        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>
    /// Makes a training's images as make_golden.py does; the packed file contains zeros instead: x.i is the stream x{i}; x_plus.i is 0.7 of
    /// it, rolled by (8, −16), and 0.6 of the stream x_plus{i}.
    /// </summary>
    private static void ComputeImages(byte[] file)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        var metadata = header.RootElement.GetProperty("__metadata__");
        if (metadata.GetProperty("case").GetString() != "train") return;
        using var config = JsonDocument.Parse(metadata.GetProperty("config").GetString()!);
        var seed = config.RootElement.GetProperty("seed").GetUInt64();
        foreach (var tensor in header.RootElement.EnumerateObject())
        {
            if (Image().Match(tensor.Name) is not { Success: true } name) continue;
            var shape = tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
            var values = First(name.Groups[2].Value, shape, seed);
            if (name.Groups[1].Length > 0) values = Second(values, name.Groups[2].Value, shape, seed);
            var begin = 8 + length + tensor.Value.GetProperty("data_offsets")[0].GetInt32();
            for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(begin + (4 * i)), values[i]);
        }
    }

    private static float[] First(string step, int[] shape, ulong seed) =>
        NamedNumbers.Uniform($"x{step}", shape.Aggregate(1, (a, b) => a * b), seed);

    private static float[] Second(float[] first, string step, int[] shape, ulong seed)
    {
        var own = NamedNumbers.Uniform($"x_plus{step}", first.Length, seed);
        var (height, width) = (shape[2], shape[3]);
        var second = new float[first.Length];
        for (var i = 0; i < second.Length; i++)
        {
            var (plane, row, column) = (i / (height * width), i / width % height, i % width);
            var from = (((plane * height) + ((row - 8 + height) % height)) * width) + ((column + 16) % width);
            second[i] = (float)((0.7 * first[from]) + (0.6 * own[i]));
        }

        return second;
    }

    [GeneratedRegex(@"^x(_plus)?\.(\d+)$")]
    private static partial Regex Image();
}
