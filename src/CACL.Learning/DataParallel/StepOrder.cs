using System.Text.Json;
using CACL.Learning.Methods;

namespace CACL.Learning.DataParallel;

/// <summary>What the ranks must know of a step besides their own part of the batch; numbers survive to the bit.</summary>
/// <param name="Step">The step, counted from 0.</param>
/// <param name="LearningRate">See <see cref="StepSettings.LearningRate"/>.</param>
/// <param name="Weights">See <see cref="StepSettings.Weights"/>.</param>
/// <param name="Progress">See <see cref="StepSettings.Progress"/>.</param>
/// <param name="StepsPerEpoch">See <see cref="StepSettings.StepsPerEpoch"/>.</param>
internal sealed record StepOrder(long Step, double LearningRate, LossWeight[]? Weights, double Progress, double StepsPerEpoch)
{
    /// <summary>Returns the order to take a step.</summary>
    public static RankMessage Of(long step, StepSettings settings) => new(
        RankOrder.Step,
        JsonSerializer.Serialize(new StepOrder(
            step, settings.LearningRate, settings.Weights is { } weights ? [.. weights.All] : null, settings.Progress,
            settings.StepsPerEpoch)));

    /// <summary>Reads it.</summary>
    public static StepOrder Of(RankMessage message) => JsonSerializer.Deserialize<StepOrder>(message.Text)!;

    /// <summary>The step's settings.</summary>
    public StepSettings Settings => new(LearningRate)
    {
        Weights = Weights is null ? null : new LossWeights(Weights),
        Progress = Progress,
        Step = Step,
        StepsPerEpoch = StepsPerEpoch,
    };
}
