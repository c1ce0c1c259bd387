namespace CACL.Learning.Methods;

/// <summary>When a head counts as collapsed: it gives all pixels of a frame nearly the same vector.</summary>
public static class Collapse
{
    /// <summary>
    /// The spread of a frame's pixels (see <see cref="MetricKind.Spread"/>) below which a head has collapsed. Heads that tell pixels apart
    /// stay above 0.05, collapsed ones fall below 0.005 within some hundred steps.
    /// </summary>
    public const double Spread = 0.02;

    /// <summary>Returns whether this is the spread of a collapsed head.</summary>
    public static bool Is(double spread) => spread < Spread;
}

/// <summary>What people should know when a head has collapsed.</summary>
/// <param name="Head">The head.</param>
/// <param name="Meaning">What it means for the run, as the end of "the training goes on, but …".</param>
/// <param name="Remedy">What to try, as the end of "try …".</param>
public sealed record CollapseAdvice(string Head, string Meaning, string Remedy);
