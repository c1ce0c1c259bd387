namespace CACL.Learning.Ranks;

/// <summary>A training of one process: nothing is exchanged.</summary>
public sealed class OneRank : ICollectives
{
    /// <summary>The only one there need be.</summary>
    public static OneRank Only { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public void AllReduce(Span<float> values, string what)
    {
    }

    /// <inheritdoc/>
    public void AllReduce(Span<double> values, string what)
    {
    }

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, string what) => own.CopyTo(all);

    /// <inheritdoc/>
    public void AllToAll(
        ReadOnlySpan<byte> send, ReadOnlySpan<int> sendBytes, Span<byte> receive, ReadOnlySpan<int> receiveBytes, string what) =>
        send.CopyTo(receive);

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes, string what)
    {
    }

    /// <inheritdoc/>
    public void Barrier(string what)
    {
    }

    /// <inheritdoc/>
    public LostRankException? Gone() => null;

    /// <inheritdoc/>
    public void GiveUp(LostRankException cause)
    {
        // There is only one, and it serves whoever trains next.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
