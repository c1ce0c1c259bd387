using System.Text;
using CACL.Data.Sampling;

namespace CACL.Learning.Networks;

/// <summary>
/// The random numbers of weight initialisation: number k of a stream is a pure function of (seed, name, k), so a network is initialised
/// alike on every device and whatever else is drawn before. A counter through <see cref="SplitMix64"/>.
/// </summary>
internal readonly struct SeededNumbers
{
    private readonly ulong _start;

    public SeededNumbers(ulong seed, string name)
    {
        // The seed is mixed first, so that streams of neighbouring seeds do not overlap.
        _start = SplitMix64.Number(seed, 0) + Hash(name);
    }

    /// <summary>Returns the FNV-1a-64 hash of a name.</summary>
    public static ulong Hash(string name)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var letter in Encoding.UTF8.GetBytes(name)) hash = (hash ^ letter) * 0x100000001B3;
        return hash;
    }

    /// <summary>Fills a span with uniform numbers in [-<paramref name="bound"/>, <paramref name="bound"/>).</summary>
    public void Uniform(Span<float> values, double bound)
    {
        for (var k = 0; k < values.Length; k++) values[k] = (float)(((2 * Unit((ulong)k)) - 1) * bound);
    }

    /// <summary>Fills a span with normal numbers of mean 0 (Box and Muller, in pairs).</summary>
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
    private double Unit(ulong k) => SplitMix64.Unit(SplitMix64.Number(_start, k));
}
