namespace CACL.Learning.Optimisation;

/// <summary>LARS (METHOD.md §7).</summary>
public sealed record LarsOptions
{
    /// <summary>Momentum of the update buffer.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay λ of parameters with more than one dimension.</summary>
    public double WeightDecay { get; init; } = 1e-6;

    /// <summary>Trust coefficient.</summary>
    public double Trust { get; init; } = 0.001;

    /// <summary>Added to the ratio's denominator.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Whether biases and normalisation parameters take decay and trust ratio too. Usual practice: no.</summary>
    public bool AdaptVectors { get; init; }
}
