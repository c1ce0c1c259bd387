using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CACL.Learning.Augmentation;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>A golden file while it is verified: its numbers, its settings, and its tolerances as its own text gives them.</summary>
internal sealed class GoldenFile(SafeTensorsReader reader, Device device, Precision precision)
{
    /// <summary>Device of the computation.</summary>
    public Device Device => device;

    /// <summary>Precision of the computation.</summary>
    public Precision Precision => precision;

    public IReadOnlyList<SafeTensorsEntry> Entries => reader.Entries;

    /// <summary>
    /// Returns the largest number that stands in tensors' names for a pattern's group; a gap below it means that a tensor is missing. 0
    /// where no name fits.
    /// </summary>
    public int Last(string pattern) => Entries.Select(e => Regex.Match(e.Name, pattern)).Where(m => m.Success)
        .Select(m => int.TryParse(m.Groups[1].Value, CultureInfo.InvariantCulture, out var number) ? number : 0).DefaultIfEmpty(0).Max();

    public long[] Shape(string tensor) => Entry(tensor).Shape;

    /// <summary>Returns the row-major values of a tensor of any real type.</summary>
    public double[] Doubles(string tensor)
    {
        var entry = Entry(tensor);
        if (entry.Type is SafeTensorsType.F64)
        {
            var bytes = reader.ReadBytes(entry);
            return Enumerable.Range(0, (int)entry.Count).Select(i => BitConverter.ToDouble(bytes, 8 * i)).ToArray();
        }

        return entry.Type is SafeTensorsType.I64 or SafeTensorsType.U8 or SafeTensorsType.BOOL or SafeTensorsType.I32
            ? Array.ConvertAll(Longs(tensor), v => (double)v)
            : Array.ConvertAll(FloatTensors.Read(reader, entry), v => (double)v);
    }

    /// <summary>Returns the row-major values of a tensor of whole numbers.</summary>
    public long[] Longs(string tensor)
    {
        var entry = Entry(tensor);
        var bytes = reader.ReadBytes(entry);
        Func<int, long> one = entry.Type switch
        {
            SafeTensorsType.I64 => i => BitConverter.ToInt64(bytes, 8 * i),
            SafeTensorsType.I32 => i => BitConverter.ToInt32(bytes, 4 * i),
            SafeTensorsType.U8 or SafeTensorsType.BOOL => i => bytes[i],
            _ => throw new GoldenException($"the tensor '{tensor}' is {entry.Type} where whole numbers belong"),
        };
        return Enumerable.Range(0, (int)entry.Count).Select(one).ToArray();
    }

    public int[] Ints(string tensor) => Array.ConvertAll(Longs(tensor), v => checked((int)v));

    /// <summary>Returns the row-major float32 values of a tensor.</summary>
    public float[] Floats(string tensor) => FloatTensors.Read(reader, Entry(tensor));

    /// <summary>Returns a float32 tensor on the device, in the caller's dispose scope.</summary>
    public Tensor Tensor(string name) => tensor(Floats(name), Shape(name), float32).to(device);

    /// <summary>Returns spatial rolls, [B,2].</summary>
    public Roll[] Rolls(string tensor)
    {
        var values = Ints(tensor);
        if (Shape(tensor) is not [_, 2]) throw new GoldenException($"the tensor '{tensor}' is not [B,2]");
        return Enumerable.Range(0, values.Length / 2).Select(i => new Roll(values[2 * i], values[(2 * i) + 1])).ToArray();
    }

    /// <summary>Returns a setting as text.</summary>
    public string Text(string key) => reader.Metadata.GetValueOrDefault(key) ?? throw new GoldenException($"its metadata lack '{key}'");

    public int Int(string key) => int.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new GoldenException($"its '{key}' is '{Text(key)}', not a whole number");

    public ulong Seed(string key = "seed") => ulong.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new GoldenException($"its '{key}' is '{Text(key)}', not a seed");

    public double Number(string key) => double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new GoldenException($"its '{key}' is '{Text(key)}', not a number");

    /// <summary>Returns a setting that is a JSON object or array.</summary>
    public JsonElement Json(string key)
    {
        try
        {
            using var document = JsonDocument.Parse(Text(key));
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new GoldenException($"its '{key}' is not valid JSON ({e.Message})");
        }
    }

    /// <summary>Returns a setting that is a JSON array of numbers, or none where the file does not have it.</summary>
    public double[] NumbersOrNone(string key) =>
        reader.Metadata.ContainsKey(key) ? [.. Json(key).EnumerateArray().Select(number => number.GetDouble())] : [];

    /// <summary>Returns the tolerance of a quantity that rounding makes inexact; see <see cref="Tolerance(string, double)"/>.</summary>
    public double Tolerance(string pattern, double otherwise, RoundedQuantity quantity) =>
        Math.Max(Tolerance(pattern, otherwise), RoundedTolerance.Of(precision, quantity));

    /// <summary>
    /// Returns the number that stands for "#" in a pattern such as "losses # relative" in the file's tolerance text, or the case's own if
    /// the text does not mention it.
    /// </summary>
    public double Tolerance(string pattern, double otherwise)
    {
        var match = Regex.Match(
            reader.Metadata.GetValueOrDefault("tolerance") ?? "",
            Regex.Escape(pattern).Replace("\\#", @"(\d[\d.]*(?:[eE][-+]?\d+)?)", StringComparison.Ordinal));
        return match.Success && double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : otherwise;
    }

    private SafeTensorsEntry Entry(string tensor) => reader.Find(tensor) ?? throw new GoldenException($"the tensor '{tensor}' is missing");
}
