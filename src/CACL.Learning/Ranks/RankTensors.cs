using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace CACL.Learning.Ranks;

/// <summary>Exchanges tensors between ranks, through the host's memory.</summary>
internal static class RankTensors
{
    /// <summary>Replaces each number by its mean over all ranks, in place; every rank gets the same, bit for bit.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="x">Contiguous, float32 or float64, on the host; of one shape on every rank.</param>
    /// <param name="what">See <see cref="ICollectives.AllReduce(Span{float}, string)"/>.</param>
    public static void Average(this ICollectives ranks, Tensor x, string what)
    {
        if (ranks.Size == 1) return;
        using var _ = no_grad();
        if (x.dtype == float64) ranks.AllReduce(MemoryMarshal.Cast<byte, double>(x.bytes), what);
        else ranks.AllReduce(MemoryMarshal.Cast<byte, float>(x.bytes), what);
        x.div_(ranks.Size);
    }

    /// <summary>
    /// Returns the rows of all ranks behind each other, in the ranks' order: [n, …] on each → [n·ranks, …] on all. In the caller's dispose
    /// scope; of one rank it is the tensor itself.
    /// </summary>
    public static Tensor Gather(this ICollectives ranks, Tensor x, string what)
    {
        if (ranks.Size == 1) return x;
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var own = x.detach().contiguous();
        var shape = own.shape;
        shape[0] *= ranks.Size;
        var all = empty(shape, own.dtype);
        ranks.AllGather(own.bytes, all.bytes, what);
        return all.MoveToOuterDisposeScope();
    }
}
