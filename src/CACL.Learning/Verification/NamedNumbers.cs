using CACL.Data.Sampling;
using CACL.Learning.Networks;

namespace CACL.Learning.Verification;

/// <summary>
/// METHOD.md §10: numbers in [−1, 1) that are the same everywhere, from a name and a seed: the FNV-1a-64 hash of the name starts a
/// splitmix64 sequence, of which 24 bits are used. For golden files and tests, not for training.
/// </summary>
public static class NamedNumbers
{
    /// <summary>Returns the first <paramref name="count"/> numbers of the stream; each is exact in float32.</summary>
    public static float[] Uniform(string name, long count, ulong seed)
    {
        var start = seed + SeededNumbers.Hash(name);
        var numbers = new float[count];
        for (long k = 0; k < count; k++) numbers[k] = (float)(((SplitMix64.Number(start, (ulong)k) >> 40) / 8388608.0) - 1);
        return numbers;
    }

    /// <summary>
    /// Returns the weights of a tensor under test: the stream, scaled by the kind of tensor that its name and shape indicate, and rounded
    /// to float32.
    /// </summary>
    public static float[] Weight(string name, long[] shape, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        var values = Uniform(name, shape.Aggregate(1L, (product, size) => product * size), seed);
        Func<double, double> scale = name switch
        {
            _ when shape.Length == 4 => u => u * Math.Sqrt(6.0 / (shape[1] * shape[2] * shape[3])),
            _ when name.StartsWith("head_", StringComparison.Ordinal) && name.EndsWith("bias", StringComparison.Ordinal) => u => u / 16,
            _ when name.EndsWith("running_var", StringComparison.Ordinal) => u => 1 + (u / 2),
            _ when name.EndsWith("weight", StringComparison.Ordinal) => u => 1 + (u / 4),
            _ => u => u / 4,
        };
        for (var k = 0; k < values.Length; k++) values[k] = (float)scale(values[k]);
        return values;
    }
}
