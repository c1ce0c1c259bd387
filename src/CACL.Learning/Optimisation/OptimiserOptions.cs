namespace CACL.Learning.Optimisation;

/// <summary>Settings of LARS (METHOD.md §7).</summary>
public sealed record LarsOptions
{
    /// <summary>Momentum of the update buffers.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay λ of parameters with more than one dimension.</summary>
    public double WeightDecay { get; init; } = 1e-6;

    /// <summary>Trust coefficient.</summary>
    public double Trust { get; init; } = 0.001;

    /// <summary>Number added to the denominator of the trust ratio.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Whether weight decay and trust ratio apply to biases and normalisation parameters, too. Usual practice: no.</summary>
    public bool AdaptVectors { get; init; }
}
