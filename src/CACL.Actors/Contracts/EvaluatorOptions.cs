using CACL.Runs.Evaluations;

namespace CACL.Actors.Contracts;

/// <summary>What is evaluated beside a training, when, and how much patience it is given.</summary>
public sealed record EvaluatorOptions
{
    /// <summary>What each evaluation measures on; none: there is nothing to evaluate.</summary>
    public IReadOnlyList<EvaluationTarget> Targets { get; init; } = [];

    /// <summary>When.</summary>
    public EvaluationSchedule Schedule { get; init; } = new();

    /// <summary>Time one evaluation may take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Attempts at one evaluation before it is given up.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Wait before an evaluation that failed is tried again.</summary>
    public BackOff BackOff { get; init; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10));

    /// <summary>Time that an evaluation which was told to end may take to do so.</summary>
    public TimeSpan EndingTime { get; init; } = TimeSpan.FromSeconds(10);
}
