namespace CACL.Data.Batches;

/// <summary>B frame pairs in the order of their positions in the epoch. It owns its pairs: disposing it disposes them.</summary>
/// <param name="Step">The training step that it is for, counted from 0 over the whole run.</param>
/// <param name="Epoch">The epoch of its samples, counted from 0.</param>
/// <param name="Pairs">The pairs, all of the same size.</param>
public sealed record PairBatch(long Step, int Epoch, IReadOnlyList<FramePair> Pairs) : IDisposable
{
    private bool _disposed;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var pair in Pairs) pair.Dispose();
    }
}
