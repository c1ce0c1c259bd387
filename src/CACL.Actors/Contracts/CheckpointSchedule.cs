using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>When checkpoints are due, as an immutable value: the training loop computes the next due step from it.</summary>
/// <param name="EverySteps">Steps between two checkpoints; 0: only at the end.</param>
/// <param name="EvaluateEverySteps">Steps between two evaluations, each of which needs a checkpoint; 0: none by steps.</param>
/// <param name="EvaluateEveryEpochs">Epochs between two evaluations; 0: none by epochs.</param>
/// <param name="Length">Length of the run.</param>
public sealed record CheckpointSchedule(long EverySteps, long EvaluateEverySteps, long EvaluateEveryEpochs, RunLength Length)
{
    /// <summary>The step of a checkpoint that will never be due.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Returns the first step after <paramref name="step"/> at which a checkpoint is due, or <see cref="Never"/>.</summary>
    public long NextAfter(long step) =>
        Math.Min(NextBySteps(step, EverySteps), Math.Min(NextBySteps(step, EvaluateEverySteps), NextByEpochs(step)));

    private static long NextBySteps(long step, long every) => every > 0 ? ((step / every) + 1) * every : Never;

    private long NextByEpochs(long step)
    {
        if (EvaluateEveryEpochs <= 0) return Never;
        var due = ((Length.PlaceAfter(step).Epoch / EvaluateEveryEpochs) + 1) * EvaluateEveryEpochs;
        // An epoch is complete at the first step whose pairs reach its last video.
        return ((due * Length.Videos) + Length.BatchSize - 1) / Length.BatchSize;
    }
}
