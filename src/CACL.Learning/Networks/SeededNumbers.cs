using System.Text;

namespace CACL.Learning.Networks;

/// <summary>
/// The start's random numbers: the k-th number of a stream is a pure function of (seed, name, k), so a network starts the
/// same on every device and whatever else is drawn before. Counter through splitmix64's finaliser.
/// </summary>
internal readonly struct SeededNumbers
{
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15;
    private readonly ulong _start;

    public SeededNumbers(ulong seed, string name)
    {
        // FNV-1a of the name; the seed is mixed first so that neighbouring seeds share no stretch of a stream.
        var hash = 0xCBF29CE484222325UL;
        foreach (var letter in Encoding.UTF8.GetBytes(name)) hash = (hash ^ letter) * 0x100000001B3;
        _start = Mix(seed + GoldenRatio) + hash;
    }

    /// <summary>Fills with numbers uniform in [-<paramref name="bound"/>, <paramref name="bound"/>).</summary>
    public void Uniform(Span<float> values, double bound)
    {
        for (var k = 0; k < values.Length; k++) values[k] = (float)(((2 * Unit((ulong)k)) - 1) * bound);
    }

    /// <summary>Fills with normal numbers of mean 0 (Box and Muller, in pairs).</summary>
    public void Normal(Span<float> values, double deviation)
    {
        for (var k = 0; k < values.Length; k += 2)
        {
            var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - Unit((ulong)k)));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * Unit((ulong)k + 1));
            values[k] = (float)(radius * cosine);
            if (k + 1 < values.Length) values[k + 1] = (float)(radius * sine);
        }
    }

    // [0, 1) in steps of 2⁻⁵³.
    private double Unit(ulong k) => (Mix(_start + ((k + 1) * GoldenRatio)) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
