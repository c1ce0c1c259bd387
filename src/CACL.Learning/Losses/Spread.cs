using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>How far apart heads' vectors are: what tells a head that has collapsed from one that has not.</summary>
internal static class Spread
{
    /// <summary>
    /// Returns for each head 1 − the mean cosine of two pixels of a frame, mean over the frames, and 1 − the mean cosine of two frames,
    /// each its pixels' mean at length 1. 0: all are alike; 1: they are as far apart as random vectors. No gradient; reads the pixels once.
    /// </summary>
    /// <param name="pixels">Unit vectors [B,N,D] of each head.</param>
    public static IReadOnlyList<(Tensor OfPixels, Tensor OfFrames)> Of(IReadOnlyList<Tensor> pixels)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var all = LossScripts.Functions.Call("spread", (object)pixels.ToArray());
        return [.. Enumerable.Range(0, pixels.Count).Select(head => (Figure(0, head), Figure(1, head)))];

        Tensor Figure(int which, int head) => all.select(0, which).select(0, head).MoveToOuterDisposeScope();
    }

    /// <summary>Returns 1 − the mean cosine of two of these unit vectors [B,D]. No gradient.</summary>
    public static Tensor OfVectors(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var mean = vectors.to(float32).mean([0]).view(1, 1, -1);
        return LossScripts.Functions.Call("spread_of", mean, vectors.shape[0]).squeeze().MoveToOuterDisposeScope();
    }
}
