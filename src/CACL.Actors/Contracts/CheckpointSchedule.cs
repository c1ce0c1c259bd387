using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>When checkpoints are due, as an immutable value: the training loop computes the next due step from it.</summary>
/// <param name="EverySteps">Steps between two checkpoints; 0: only at the end.</param>
/// <param name="Evaluations">The periods of evaluations, each of which needs a checkpoint.</param>
/// <param name="Length">Length of the run.</param>
public sealed record CheckpointSchedule(long EverySteps, IReadOnlyList<EvaluationPeriod> Evaluations, RunLength Length)
{
    /// <summary>The step of a checkpoint that will never be due.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Returns the first step after <paramref name="step"/> at which a checkpoint is due, or <see cref="Never"/>.</summary>
    public long NextAfter(long step) => Evaluations.Aggregate(
        NextBySteps(step, EverySteps),
        (next, period) => Math.Min(next, Math.Min(NextBySteps(step, period.EverySteps), NextByEpochs(step, period.EveryEpochs))));

    private static long NextBySteps(long step, long every) => every > 0 ? ((step / every) + 1) * every : Never;

    private long NextByEpochs(long step, long every)
    {
        if (every <= 0) return Never;
        var due = ((Length.PlaceAfter(step).Epoch / every) + 1) * every;
        // An epoch is complete at the first step whose pairs reach its last video.
        return ((due * Length.Videos) + Length.BatchSize - 1) / Length.BatchSize;
    }
}
