namespace CACL.Learning.Ranks;

/// <summary>Exchanges short records between ranks.</summary>
internal static class RankBytes
{
    /// <summary>Returns the record of each rank, in the ranks' order.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="own">This rank's record, as many bytes on every rank.</param>
    /// <param name="what">See <see cref="ICollectives.AllReduce(Span{float}, string)"/>.</param>
    public static byte[][] GatherEach(this ICollectives ranks, byte[] own, string what)
    {
        var all = new byte[own.Length * ranks.Size];
        ranks.AllGather(own, all, what);
        return [.. Enumerable.Range(0, ranks.Size).Select(rank => all[(rank * own.Length)..((rank + 1) * own.Length)])];
    }
}
