namespace CACL.Data.Sampling;

/// <summary>
/// splitmix64 (Steele, Lea and Flood, 2014) as a function of a counter: every random number of this program is one of its numbers. What
/// differs from purpose to purpose is how a stream's start is made.
/// </summary>
public static class SplitMix64
{
    /// <summary>The step from one state to the next: 2⁶⁴ by the golden ratio, made odd.</summary>
    public const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Number <paramref name="k"/>, counted from 0, of the stream that begins at a state.</summary>
    public static ulong Number(ulong start, ulong k) => Mix(start + ((k + 1) * Golden));

    /// <summary>64 bits as a number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public static double Unit(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    /// <summary>The finaliser: of a state, its number.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
