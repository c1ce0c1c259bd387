using System.Buffers.Binary;
using System.Text.Json;
using System.Text.RegularExpressions;
using CACL.Learning.Verification;

namespace CACL.Testing;

/// <summary>Computes a training's images in a golden file; the packed file contains zeros instead.</summary>
internal static partial class GoldenImages
{
    /// <summary>
    /// Writes x.i and x_plus.i as the reference makes them, if the file has a training's config. In CACL's trainings x.i is the stream
    /// x{i}; in those of other methods, which name themselves, it is half of that and 1.5 times the stream blocks{i}, of which every image
    /// has 4×4. x_plus.i is 0.7 of x.i, rolled by (8, −16), and 0.6 of the stream x_plus{i}.
    /// </summary>
    public static void Compute(byte[] file)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        if (!header.RootElement.GetProperty("__metadata__").TryGetProperty("config", out var text)) return;
        using var config = JsonDocument.Parse(text.GetString()!);
        var seed = config.RootElement.GetProperty("seed").GetUInt64();
        var blocks = config.RootElement.TryGetProperty("method", out _);
        foreach (var tensor in header.RootElement.EnumerateObject())
        {
            if (Image().Match(tensor.Name) is not { Success: true } name) continue;
            var shape = tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
            var step = name.Groups[2].Value;
            var values = First(step, shape, seed, blocks);
            if (name.Groups[1].Length > 0) values = Second(values, step, shape, seed);
            var begin = 8 + length + tensor.Value.GetProperty("data_offsets")[0].GetInt32();
            for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(begin + (4 * i)), values[i]);
        }
    }

    private static float[] First(string step, int[] shape, ulong seed, bool blocks)
    {
        var first = NamedNumbers.Uniform($"x{step}", shape.Aggregate(1, (a, b) => a * b), seed);
        if (!blocks) return first;
        const int across = 4;
        var (height, width) = (shape[2], shape[3]);
        var coarse = NamedNumbers.Uniform($"blocks{step}", shape[0] * shape[1] * across * across, seed);
        for (var i = 0; i < first.Length; i++)
        {
            var (plane, row, column) = (i / (height * width), i / width % height, i % width);
            var block = (((plane * across) + (row * across / height)) * across) + (column * across / width);
            first[i] = (float)((0.5 * first[i]) + (1.5 * coarse[block]));
        }

        return first;
    }

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
