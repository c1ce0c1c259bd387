namespace CACL.Configuration.Hocon;

/// <summary>
/// Bounds far above any real configuration. They turn a wrong file, a runaway substitution or an include loop into a sentence instead
/// of an exhausted stack or memory, neither of which a process survives.
/// </summary>
internal static class HoconLimits
{
    /// <summary>Bytes of one file.</summary>
    public const int FileBytes = 4 << 20;

    /// <summary>Files that includes may bring in altogether.</summary>
    public const int Includes = 100;

    /// <summary>Objects and arrays inside each other, dots of a key included.</summary>
    public const int Nesting = 64;

    /// <summary>Substitutions and merges inside each other while resolving.</summary>
    public const int ResolutionDepth = 256;

    /// <summary>Values looked at while resolving.</summary>
    public const int ResolutionWork = 500_000;

    /// <summary>Values in one value, written out.</summary>
    public const long Weight = 1_000_000;

    /// <summary>Characters of one concatenated string.</summary>
    public const int TextLength = 1 << 20;
}
