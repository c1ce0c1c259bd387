namespace CACL.Actors.Contracts;

/// <summary>Limits of a number of decoders that the program chooses.</summary>
/// <param name="First">The number to begin with.</param>
/// <param name="Most">The highest number, at least <paramref name="First"/>.</param>
/// <param name="TrainingThreads">
/// Threads that compute a training step on the cores that the decoders use, too; 0: steps are computed on a card.
/// </param>
/// <param name="Cores">Number of cores of the machine.</param>
public sealed record DecoderBounds(int First, int Most, int TrainingThreads, int Cores)
{
    /// <summary>Returns the limits on this machine.</summary>
    /// <param name="device">Torch device, resolved: cpu, cuda or cuda:N.</param>
    /// <param name="threads">Threads of a tensor operation on the CPU; 0: one a core.</param>
    /// <param name="cores">Number of cores of the machine.</param>
    public static DecoderBounds Of(string device, int threads, int cores)
    {
        ArgumentNullException.ThrowIfNull(device);
        // Beside a card, the loop's own thread and everything else get two cores. On a CPU, training needs the cores itself: a step mostly
        // takes far longer than decoding its batch.
        if (device.StartsWith("cuda", StringComparison.Ordinal)) return new(Math.Max(1, cores - 2), Math.Max(1, cores - 2), 0, cores);
        return new(Math.Max(1, cores / 2), Math.Max(1, cores), threads == 0 ? cores : threads, cores);
    }
}
