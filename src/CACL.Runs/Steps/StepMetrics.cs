using CACL.Learning.Methods;

namespace CACL.Runs.Steps;

/// <summary>What is recorded of one step; a line of metrics.jsonl.</summary>
/// <param name="Step">Steps done, this one included.</param>
/// <param name="Epoch">Epochs done at the end of this step, a fraction.</param>
/// <param name="Result">Losses, accuracies, learning rate.</param>
/// <param name="StepSeconds">Seconds from the batch's arrival to the step's end.</param>
/// <param name="WaitSeconds">Seconds waited for the batch.</param>
/// <param name="Pairs">Pairs of the batch.</param>
public sealed record StepMetrics(long Step, double Epoch, StepResult Result, double StepSeconds, double WaitSeconds, int Pairs)
{
    /// <summary>What the step's seconds went into; zeros where that is not measured.</summary>
    public StepTimes Times { get; init; }

    /// <summary>Seconds that the training stood still for copies of its state between the step before and this one.</summary>
    public double SnapshotSeconds { get; init; }

    /// <summary>Pairs a second, waiting included.</summary>
    public double PairsPerSecond => Pairs / (StepSeconds + WaitSeconds);

    /// <summary>Share of the time spent waiting for data.</summary>
    public double DataWaitShare => WaitSeconds / (StepSeconds + WaitSeconds);
}
