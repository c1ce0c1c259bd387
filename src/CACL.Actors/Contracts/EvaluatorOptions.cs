using CACL.Runs.Evaluations;

namespace CACL.Actors.Contracts;

/// <summary>What is evaluated during a training, when, and how long each evaluation may take.</summary>
public sealed record EvaluatorOptions
{
    /// <summary>Data sets and protocols to evaluate; empty: nothing is evaluated.</summary>
    public IReadOnlyList<EvaluationTarget> Targets { get; init; } = [];

    /// <summary>When evaluations fall due.</summary>
    public EvaluationSchedule Schedule { get; init; } = new();

    /// <summary>
    /// Periods of data sets that have their own, by the data set's name; they take the place of the schedule's steps and epochs.
    /// </summary>
    public IReadOnlyDictionary<string, EvaluationPeriod> OwnPeriods { get; init; } = new Dictionary<string, EvaluationPeriod>();

    /// <summary>Time limit of one evaluation.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Attempts at one evaluation before it is given up.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Wait before an evaluation that failed is tried again.</summary>
    public BackOff BackOff { get; init; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10));

    /// <summary>Time limit for an evaluation to end once it was asked to.</summary>
    public TimeSpan EndingTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Returns the period of a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="everySteps">Steps between two evaluations, in place of the schedule's; 0: none by steps.</param>
    public EvaluationPeriod PeriodOf(EvaluationTarget target, long everySteps)
    {
        ArgumentNullException.ThrowIfNull(target);
        return OwnPeriods.TryGetValue(target.DataSet, out var own) ? own : new EvaluationPeriod(everySteps, Schedule.EveryEpochs);
    }

    /// <summary>Returns the periods of all targets, each once.</summary>
    /// <param name="everySteps">As above.</param>
    public IReadOnlyList<EvaluationPeriod> Periods(long everySteps) => [.. Targets.Select(t => PeriodOf(t, everySteps)).Distinct()];
}
