namespace CACL.Learning.Optimisation;

/// <summary>The rule of an update; both have momentum.</summary>
public enum OptimiserKind
{
    /// <summary>LARS: each parameter's step is in proportion to the parameter's own norm.</summary>
    Lars,

    /// <summary>Stochastic gradient descent.</summary>
    Sgd,
}

/// <summary>By what the trust ratio of LARS divides; public implementations differ.</summary>
public enum TrustDenominator
{
    /// <summary>‖g‖ + λ‖w‖.</summary>
    SumOfNorms,

    /// <summary>‖g + λw‖.</summary>
    NormOfSum,
}

/// <summary>Settings of the optimiser (METHOD.md §7). Defaults are CACL's.</summary>
public sealed record OptimiserOptions
{
    /// <summary>LARS or SGD.</summary>
    public OptimiserKind Kind { get; init; }

    /// <summary>Momentum of the update buffers.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay λ of parameters with more than one dimension.</summary>
    public double WeightDecay { get; init; } = 1e-6;

    /// <summary>Trust coefficient of LARS.</summary>
    public double Trust { get; init; } = 0.001;

    /// <summary>Number added to the denominator of the trust ratio.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The denominator of the trust ratio.</summary>
    public TrustDenominator Denominator { get; init; }

    /// <summary>
    /// Whether weight decay and, in LARS, the trust ratio apply to biases and normalisation parameters, too. Usual practice: no in LARS,
    /// yes in SGD.
    /// </summary>
    public bool AdaptVectors { get; init; }

    /// <summary>
    /// Whether the learning rate scales what enters the momentum buffer (buf ← μ·buf + rate·g, w ← w − buf) instead of what leaves it
    /// (buf ← μ·buf + g, w ← w − rate·buf). As long as the rate is constant, both are the same.
    /// </summary>
    public bool RateInMomentum { get; init; }
}
