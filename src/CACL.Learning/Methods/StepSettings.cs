using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>What one training step is told beside its views.</summary>
/// <param name="LearningRate">This step's rate.</param>
public sealed record StepSettings(double LearningRate)
{
    /// <summary>What each loss counts in this step; null: as the method's settings say.</summary>
    public LossWeights? Weights { get; init; }

    /// <summary>Share of the run's steps that lie behind this one, from 0 to below 1: what a method's own schedules follow.</summary>
    public double Progress { get; init; }

    /// <summary>Told when each part of the step has ended; null: nobody measures.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>Sees each parameter's name and gradient before the optimiser uses it up; null: nobody looks.</summary>
    public Action<string, Tensor>? InspectGradient { get; init; }
}
