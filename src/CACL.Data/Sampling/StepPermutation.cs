namespace CACL.Data.Sampling;

/// <summary>The permutation of the key network's batch for shuffle-BN (METHOD.md §6), which depends on (seed, step) alone.</summary>
public static class StepPermutation
{
    /// <summary>
    /// Returns a uniformly random permutation of [0, <paramref name="batch"/>): entry i is the sample that the key network sees at place i.
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The training step, counted from 0 over the whole run.</param>
    /// <param name="batch">Number of samples in the batch.</param>
    public static int[] Of(ulong seed, long step, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        var permutation = new int[batch];
        for (var place = 0; place < batch; place++) permutation[place] = place;
        new CounterRandom(seed, epoch: 0, position: step, attempt: 0, DrawPurpose.StepPermutation).Shuffle(permutation.AsSpan());
        return permutation;
    }
}
