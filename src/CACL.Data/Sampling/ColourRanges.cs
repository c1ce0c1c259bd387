namespace CACL.Data.Sampling;

/// <summary>
/// From what ranges a view's colour augmentation is drawn (METHOD.md §2). Defaults are MoCo-v2's, which CACL takes over.
/// </summary>
public sealed record ColourRanges
{
    /// <summary>Probability of colour jitter.</summary>
    public double JitterProbability { get; init; } = 0.8;

    /// <summary>b: the factor lies in [max(0, 1 − b), 1 + b].</summary>
    public double Brightness { get; init; } = 0.4;

    /// <summary>Like <see cref="Brightness"/>.</summary>
    public double Contrast { get; init; } = 0.4;

    /// <summary>Like <see cref="Brightness"/>.</summary>
    public double Saturation { get; init; } = 0.4;

    /// <summary>The shift lies in [−hue, hue], turns.</summary>
    public double Hue { get; init; } = 0.1;

    /// <summary>Probability that the view becomes grey.</summary>
    public double GrayProbability { get; init; } = 0.2;

    /// <summary>Probability that the view is blurred.</summary>
    public double BlurProbability { get; init; } = 0.5;

    /// <summary>Smallest standard deviation of the blur, pixels.</summary>
    public double SigmaMin { get; init; } = 0.1;

    /// <summary>Largest standard deviation of the blur, pixels.</summary>
    public double SigmaMax { get; init; } = 2;

    /// <summary>Probability that the view is solarised.</summary>
    public double SolariseProbability { get; init; }
}
