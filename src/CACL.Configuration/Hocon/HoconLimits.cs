namespace CACL.Configuration.Hocon;

/// <summary>
/// Limits far above any real configuration. They make a wrong file, a runaway substitution or an include loop an error message instead of
/// an exhausted stack or memory, neither of which a process survives.
/// </summary>
internal static class HoconLimits
{
    /// <summary>Bytes of one file.</summary>
    public const int FileBytes = 4 << 20;

    /// <summary>Files that may be included altogether.</summary>
    public const int Includes = 100;

    /// <summary>Nesting depth of objects and arrays, dots of a key included.</summary>
    public const int Nesting = 64;

    /// <summary>Nesting depth of substitutions and merges during resolution.</summary>
    public const int ResolutionDepth = 256;

    /// <summary>Values examined during resolution.</summary>
    public const int ResolutionWork = 500_000;

    /// <summary>Values within one value, fully expanded.</summary>
    public const long Weight = 1_000_000;

    /// <summary>Characters of one concatenated string.</summary>
    public const int TextLength = 1 << 20;
}
