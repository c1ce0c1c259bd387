using CACL.Learning.Methods;

namespace CACL.Node.Display;

/// <summary>The progress of a run at one moment.</summary>
internal sealed record ProgressSnapshot
{
    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public required long Steps { get; init; }

    /// <summary>Epochs done, a fraction.</summary>
    public required double Epoch { get; init; }

    /// <summary>Epochs of the whole run; a fraction if a number of steps ends it.</summary>
    public required double Epochs { get; init; }

    /// <summary>Weighted sum of the losses.</summary>
    public required double Loss { get; init; }

    /// <summary>The method's metrics, losses first.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>The losses of a network that has learnt nothing, in nats; null if they have no such level.</summary>
    public double? Chance { get; init; }

    /// <summary>Share of the slowest queue that contains real rows; below 1 the losses are too low to mean anything.</summary>
    public required double QueueFill { get; init; }

    /// <summary>Learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Pairs per second over the last steps, including the time spent waiting.</summary>
    public required double PairsPerSecond { get; init; }

    /// <summary>Share of the last steps' time spent waiting for data.</summary>
    public required double DataWaitShare { get; init; }

    /// <summary>Time until the last step at the current pace; null before that is known.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Time since this start of the run.</summary>
    public required TimeSpan Elapsed { get; init; }
}
