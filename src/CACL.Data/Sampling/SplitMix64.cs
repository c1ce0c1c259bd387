namespace CACL.Data.Sampling;

/// <summary>
/// splitmix64 (Steele, Lea and Flood, 2014) as a function of a counter: every random number of this program is one of its numbers. Purposes
/// differ only in how the start of their stream is computed.
/// </summary>
public static class SplitMix64
{
    /// <summary>The increment from one state to the next: 2⁶⁴ divided by the golden ratio, made odd.</summary>
    public const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Returns number <paramref name="k"/>, counted from 0, of the stream that begins at a state.</summary>
    public static ulong Number(ulong start, ulong k) => Mix(start + ((k + 1) * Golden));

    /// <summary>Converts 64 bits to a number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public static double Unit(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    /// <summary>The finaliser, which turns a state into its number.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
