namespace CACL.Runs.Steps;

/// <summary>
/// Which samples of each batch are one rank's, where several train together: as many consecutive ones as any other's, in the ranks' order.
/// All ranks' shares, one behind the other, are the batch that one process would have, so the samples of a run do not depend on the number
/// of ranks.
/// </summary>
/// <param name="Rank">The rank, counted from 0.</param>
/// <param name="Ranks">Number of ranks; it divides the batch.</param>
public sealed record BatchShare(int Rank, int Ranks)
{
    /// <summary>The whole batch, of a training in one process.</summary>
    public static BatchShare Whole { get; } = new(0, 1);

    /// <summary>Returns the number of this rank's samples in a batch of so many.</summary>
    public int Of(int batch) => batch / Ranks;

    /// <summary>Returns the number, counted over the whole run, of a sample that is counted over this rank's own.</summary>
    /// <param name="own">Number of the rank's sample, from 0.</param>
    /// <param name="batch">Number of samples in the whole batch.</param>
    public long Sample(long own, int batch)
    {
        var (step, place) = Math.DivRem(own, Of(batch));
        return (step * batch) + (Rank * Of(batch)) + place;
    }
}
