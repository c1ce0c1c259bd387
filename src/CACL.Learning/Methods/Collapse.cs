namespace CACL.Learning.Methods;

/// <summary>When a head counts as collapsed: it gives all pixels of a frame, or all frames of a batch, nearly the same vector.</summary>
public static class Collapse
{
    /// <summary>
    /// The spread of a frame's pixels (see <see cref="MetricKind.Spread"/>) below which a head has collapsed. Heads that tell pixels apart
    /// stay above 0.05, collapsed ones fall below 0.005 within some hundred steps.
    /// </summary>
    public const double Spread = 0.02;

    /// <summary>
    /// The spread of the batch's frames (see <see cref="MetricKind.FrameSpread"/>) below which a head that is to tell frames apart has
    /// collapsed. Untrained networks begin at 0.013 and above; 42 trainings of all methods on real clips never fell below 0.0099; those
    /// that told rows of the queue apart by their age had 0.0003 to 0.005.
    /// </summary>
    public const double FrameSpread = 0.005;

    /// <summary>Returns whether this is the spread of a frame's pixels under a collapsed head.</summary>
    public static bool Is(double spread) => spread < Spread;

    /// <summary>Returns the limit of a kind of spread.</summary>
    public static double Limit(MetricKind kind) => kind == MetricKind.FrameSpread ? FrameSpread : Spread;
}

/// <summary>What people should know when a head has collapsed.</summary>
/// <param name="Head">The head.</param>
/// <param name="Meaning">What it means for the run, as the end of "the training goes on, but …".</param>
/// <param name="Remedy">What to try, as the end of "try …".</param>
public sealed record CollapseAdvice(string Head, string Meaning, string Remedy)
{
    /// <summary>The kind of spread that tells it: <see cref="MetricKind.Spread"/>, or <see cref="MetricKind.FrameSpread"/>.</summary>
    public MetricKind By { get; init; } = MetricKind.Spread;
}
