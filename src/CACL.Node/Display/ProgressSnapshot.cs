namespace CACL.Node.Display;

/// <summary>How far a run is, at one moment. A loss whose head is off is null.</summary>
internal sealed record ProgressSnapshot
{
    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public required long Steps { get; init; }

    /// <summary>Epochs done, a fraction.</summary>
    public required double Epoch { get; init; }

    /// <summary>Epochs of the whole run, a fraction where a number of steps ends it.</summary>
    public required double Epochs { get; init; }

    /// <summary>Weighted sum of the losses.</summary>
    public required double Loss { get; init; }

    /// <summary>Equation 3, nats.</summary>
    public double? Global { get; init; }

    /// <summary>Equation 4, nats.</summary>
    public double? Pixel { get; init; }

    /// <summary>Equation 6 or the soft cycle, nats.</summary>
    public double? Cycle { get; init; }

    /// <summary>The global and pixel loss of a network that knows nothing: ln(K+1), nats.</summary>
    public required double Chance { get; init; }

    /// <summary>Share of the pixel and cycle queues that holds real rows; below 1 the losses are too low to mean anything.</summary>
    public required double QueueFill { get; init; }

    /// <summary>Share of frames whose positive beats all K negatives.</summary>
    public double? Top1Global { get; init; }

    /// <summary>Share of pixels whose likeliest return is themselves.</summary>
    public double? CycleBack { get; init; }

    /// <summary>Learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Pairs a second over the last steps, waiting included.</summary>
    public required double PairsPerSecond { get; init; }

    /// <summary>Share of the last steps' time spent waiting for data.</summary>
    public required double DataWaitShare { get; init; }

    /// <summary>Time until the last step at the present pace; null before there is one.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Time since this start of the run.</summary>
    public required TimeSpan Elapsed { get; init; }
}
