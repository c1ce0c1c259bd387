namespace CACL.Runs.Steps;

/// <summary>
/// The length of a run, and the place of each step in its epochs. Samples are numbered through the whole run; an epoch is <see
/// cref="Videos"/> samples long and visits every video once, so a batch may straddle two epochs and no video is ever dropped.
/// </summary>
/// <param name="Videos">Number of usable videos, which is the number of samples in an epoch.</param>
/// <param name="BatchSize">Number of pairs B in a step.</param>
/// <param name="TotalSteps">Number of steps T of the whole run, on which the learning-rate schedule depends.</param>
public sealed record RunLength(int Videos, int BatchSize, long TotalSteps)
{
    /// <summary>
    /// Returns the length of a run of <paramref name="epochs"/> epochs, or <paramref name="maxSteps"/> steps if that is less (0: no limit).
    /// </summary>
    public static RunLength Of(int videos, int batchSize, int epochs, long maxSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(videos);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epochs);
        ArgumentOutOfRangeException.ThrowIfNegative(maxSteps);
        var byEpochs = Math.Max(1, (long)videos * epochs / batchSize);
        return new RunLength(videos, batchSize, maxSteps == 0 ? byEpochs : Math.Min(byEpochs, maxSteps));
    }

    /// <summary>Steps per epoch; not a whole number in general.</summary>
    public double StepsPerEpoch => (double)Videos / BatchSize;

    /// <summary>Returns the share of the run that is done when a step, counted from 0, begins.</summary>
    public double ProgressAt(long step) => (double)step / TotalSteps;

    /// <summary>Returns the epoch of a sample, counted from 0 over the whole run, and its position in it.</summary>
    public (int Epoch, int Position) PlaceOf(long sample) => ((int)(sample / Videos), (int)(sample % Videos));

    /// <summary>Returns the epoch and position at which the step after <paramref name="stepsDone"/> finished steps begins.</summary>
    public (int Epoch, int Position) PlaceAfter(long stepsDone) => PlaceOf(stepsDone * BatchSize);
}
