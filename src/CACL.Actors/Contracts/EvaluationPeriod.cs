using CACL.Runs.Evaluations;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>How often a training is evaluated.</summary>
/// <param name="EverySteps">Steps between two evaluations; 0: none by steps.</param>
/// <param name="EveryEpochs">Epochs between two evaluations; 0: none by epochs.</param>
public sealed record EvaluationPeriod(long EverySteps, long EveryEpochs)
{
    /// <summary>
    /// Returns the trigger that fell due after step <paramref name="since"/>, up to and including <paramref name="step"/>, or null.
    /// </summary>
    internal EvaluationTrigger? DueBetween(long since, long step, RunLength length)
    {
        if (EverySteps > 0 && step / EverySteps > since / EverySteps) return EvaluationTrigger.EverySteps;
        if (EveryEpochs > 0 && length.PlaceAfter(step).Epoch / EveryEpochs > length.PlaceAfter(since).Epoch / EveryEpochs)
            return EvaluationTrigger.EveryEpochs;
        return null;
    }
}
