using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>The settings of one training step.</summary>
/// <param name="LearningRate">The learning rate of this step.</param>
public sealed record StepSettings(double LearningRate)
{
    /// <summary>Weights of the losses in this step; null: those of the method's settings.</summary>
    public LossWeights? Weights { get; init; }

    /// <summary>Share of the run's steps that are done, from 0 to below 1, which a method's own schedules follow.</summary>
    public double Progress { get; init; }

    /// <summary>Steps that the run has done before this one.</summary>
    public long Step { get; init; }

    /// <summary>Steps per epoch, a fraction in general.</summary>
    public double StepsPerEpoch { get; init; } = 1;

    /// <summary>Notified at the end of each part of the step; null: nobody measures.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>Receives each parameter's name and gradient before the optimiser consumes it; null: nobody looks.</summary>
    public Action<string, Tensor>? InspectGradient { get; init; }
}
