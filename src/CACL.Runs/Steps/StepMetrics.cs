using CACL.Learning.Methods;

namespace CACL.Runs.Steps;

/// <summary>What is recorded about one step: a line of metrics.jsonl.</summary>
/// <param name="Step">Steps done, this one included.</param>
/// <param name="Epoch">Epochs done at the end of this step, a fraction.</param>
/// <param name="Result">Losses, accuracies, learning rate.</param>
/// <param name="StepSeconds">Seconds from the batch's arrival to the step's end.</param>
/// <param name="WaitSeconds">Seconds waited for the batch.</param>
/// <param name="Pairs">Number of pairs in the batch.</param>
public sealed record StepMetrics(long Step, double Epoch, StepResult Result, double StepSeconds, double WaitSeconds, int Pairs)
{
    /// <summary>The times of the parts of the step; zeros where nobody measures them.</summary>
    public StepTimes Times { get; init; }

    /// <summary>Seconds for which the training stood still for snapshots between the step before and this one.</summary>
    public double SnapshotSeconds { get; init; }

    /// <summary>Pairs per second, including the time spent waiting.</summary>
    public double PairsPerSecond => Pairs / (StepSeconds + WaitSeconds);

    /// <summary>Share of the time spent waiting for data.</summary>
    public double DataWaitShare => WaitSeconds / (StepSeconds + WaitSeconds);
}
