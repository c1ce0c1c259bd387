namespace CACL.Runs.Steps;

/// <summary>
/// Where a training step lies in the epochs. Samples are numbered through the whole run; an epoch is <see cref="Videos"/>
/// samples long and visits every video once, so a batch may straddle two epochs and no video is ever dropped.
/// </summary>
/// <param name="Videos">Usable videos: samples of one epoch.</param>
/// <param name="BatchSize">Pairs B of one step.</param>
/// <param name="TotalSteps">Steps T of the whole run, on which the learning rate's schedule rests.</param>
public sealed record RunLength(int Videos, int BatchSize, long TotalSteps)
{
    /// <summary>
    /// The length of a run of <paramref name="epochs"/> epochs, or <paramref name="maxSteps"/> steps if that is less (0: no limit).
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

    /// <summary>Steps of one epoch; not a whole number in general.</summary>
    public double StepsPerEpoch => (double)Videos / BatchSize;

    /// <summary>Share of the run that lies behind a step, counted from 0, when it begins.</summary>
    public double ProgressAt(long step) => (double)step / TotalSteps;

    /// <summary>The epoch and the position in it of a sample, counted from 0 over the whole run.</summary>
    public (int Epoch, int Position) PlaceOf(long sample) => ((int)(sample / Videos), (int)(sample % Videos));

    /// <summary>The epoch and position at which the step after <paramref name="stepsDone"/> finished steps begins.</summary>
    public (int Epoch, int Position) PlaceAfter(long stepsDone) => PlaceOf(stepsDone * BatchSize);
}
