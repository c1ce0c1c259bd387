using CACL.Runs.Evaluations;

namespace CACL.Actors.Contracts;

/// <summary>
/// When a training is evaluated. Each evaluation that falls due uses the next checkpoint, which the training loop makes for it.
/// </summary>
public sealed record EvaluationSchedule
{
    /// <summary>Steps between two evaluations; 0: none by steps.</summary>
    public long EverySteps { get; init; }

    /// <summary>Epochs between two evaluations; 0: none by epochs.</summary>
    public long EveryEpochs { get; init; }

    /// <summary>Whether the finished training is evaluated.</summary>
    public bool AtEnd { get; init; } = true;

    /// <summary>Conditions each of which triggers an evaluation whenever it becomes true.</summary>
    public IReadOnlyList<MetricCondition> When { get; init; } = [];
}
