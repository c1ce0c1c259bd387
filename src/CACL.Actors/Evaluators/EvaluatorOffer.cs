using CACL.Actors.Contracts;

namespace CACL.Actors.Evaluators;

/// <summary>What a worker evaluates with.</summary>
public sealed record EvaluatorOffer
{
    /// <summary>How many evaluations it makes at once, from 1.</summary>
    public int AtOnce { get; init; } = 1;

    /// <summary>Makes them.</summary>
    public required IEvaluationBench Bench { get; init; }

    /// <summary>Keeps their checkpoints.</summary>
    public required CheckpointCache Cache { get; init; }
}
