using static TorchSharp.torch;

namespace CACL.Learning.Ranks;

/// <summary>What a training step does with the tensors of all ranks.</summary>
internal static class RankTensors
{
    /// <summary>Replaces each number by its mean over all ranks, in place; every rank gets the same, bit for bit.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="x">Contiguous, float32 or float64; of one shape on every rank.</param>
    /// <param name="what">See <see cref="ITensorCollectives.AllReduce"/>.</param>
    public static void Average(this ITensorCollectives ranks, Tensor x, string what)
    {
        if (ranks.IsAlone) return;
        using var _ = no_grad();
        ranks.AllReduce(x, what);
        x.div_(ranks.Size);
    }

    /// <summary>
    /// Returns the rows of all ranks behind each other, in the ranks' order: [n, …] on each → [n·ranks, …] on all. In the caller's dispose
    /// scope; of one process alone it is the tensor itself.
    /// </summary>
    public static Tensor Gather(this ITensorCollectives ranks, Tensor x, string what)
    {
        if (ranks.IsAlone) return x;
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var own = x.detach().contiguous();
        var shape = own.shape;
        shape[0] *= ranks.Size;
        var all = empty(shape, own.dtype, own.device);
        ranks.AllGather(own, all, what);
        return all.MoveToOuterDisposeScope();
    }

    /// <summary>Bytes of each of a tensor's rows x[i].</summary>
    public static long RowBytes(this Tensor x) => x.numel() / x.shape[0] * x.ElementSize;
}
