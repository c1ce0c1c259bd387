namespace CACL.Learning.Ranks;

/// <summary>
/// What the processes of one training, its ranks, do together. Every rank makes the same calls in the same order with buffers of the
/// same lengths; a call returns when all have made it. Each has a deadline, after which it fails with a <see cref="LostRankException"/>, as
/// do all calls after it: the ranks are out of step then. May be used by any thread, one call at a time.
/// </summary>
public interface ICollectives : IDisposable
{
    /// <summary>The number of this process among the ranks, from 0.</summary>
    int Rank { get; }

    /// <summary>Number of ranks, at least 1.</summary>
    int Size { get; }

    /// <summary>Replaces each number by its sum over all ranks, the same on every rank, bit for bit.</summary>
    /// <param name="values">As many numbers on every rank.</param>
    /// <param name="what">What is waited for, as the end of "did not take part in …".</param>
    void AllReduce(Span<float> values, string what);

    /// <inheritdoc cref="AllReduce(Span{float}, string)"/>
    void AllReduce(Span<double> values, string what);

    /// <summary>Puts the bytes of all ranks behind each other, in the ranks' order.</summary>
    /// <param name="own">This rank's bytes, as many on every rank.</param>
    /// <param name="all"><see cref="Size"/> times as many.</param>
    /// <param name="what">See <see cref="AllReduce(Span{float}, string)"/>.</param>
    void AllGather(ReadOnlySpan<byte> own, Span<byte> all, string what);

    /// <summary>Sends each rank its own bytes, and receives from each.</summary>
    /// <param name="send">The bytes to send, those for rank 0 first.</param>
    /// <param name="sendBytes">How many go to each rank.</param>
    /// <param name="receive">The bytes received, those of rank 0 first.</param>
    /// <param name="receiveBytes">How many come from each rank.</param>
    /// <param name="what">See <see cref="AllReduce(Span{float}, string)"/>.</param>
    void AllToAll(
        ReadOnlySpan<byte> send, ReadOnlySpan<int> sendBytes, Span<byte> receive, ReadOnlySpan<int> receiveBytes, string what);

    /// <summary>Copies rank 0's bytes to every rank.</summary>
    /// <param name="bytes">As many bytes on every rank.</param>
    /// <param name="what">See <see cref="AllReduce(Span{float}, string)"/>.</param>
    void Broadcast(Span<byte> bytes, string what);

    /// <summary>Waits until every rank is here.</summary>
    /// <param name="what">See <see cref="AllReduce(Span{float}, string)"/>.</param>
    void Barrier(string what);

    /// <summary>Returns why the ranks cannot go on if one is seen to be gone, as on the same machine; null: none is.</summary>
    LostRankException? Gone();

    /// <summary>Has all calls from now on fail: the ranks have lost each other in something that they do otherwise.</summary>
    /// <param name="cause">How.</param>
    void GiveUp(LostRankException cause);
}
