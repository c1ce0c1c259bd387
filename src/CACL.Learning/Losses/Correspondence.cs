using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// The correspondence that gives equation 4 and DenseCL their positives: for each pixel of the first frame, the matching pixel of the
/// second.
/// </summary>
internal static class Correspondence
{
    /// <summary>
    /// Returns the most similar pixel under the global head, j(i) = argmax_j u_i·u₊_j, the first on a tie. u, uPlus [B,N,D] unit vectors;
    /// result [B,N] int64, no gradient. Only one sample's N×N similarities exist at a time.
    /// </summary>
    public static Tensor ByGlobalHead(Tensor u, Tensor uPlus)
    {
        using var _ = no_grad();
        return LossScripts.Functions.Call("correspondence", u, uPlus);
    }

    /// <summary>
    /// Returns the position whose features are most similar, j(i) = argmax_j cos(f_i, f₊_j), the first on a tie. f, fPlus [B,N,C] of any
    /// length; result [B,N] int64, no gradient.
    /// </summary>
    public static Tensor ByFeatures(Tensor f, Tensor fPlus)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return LossScripts.Functions.Call(
            "correspondence", nn.functional.normalize(f, dim: 2), nn.functional.normalize(fPlus, dim: 2)).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the pixel at the same position: [B,N] int64, j = i.</summary>
    public static Tensor SamePosition(long batch, long positions, Device device)
    {
        using var scope = NewDisposeScope();
        return arange(positions, int64, device).expand(batch, positions).MoveToOuterDisposeScope();
    }
}
