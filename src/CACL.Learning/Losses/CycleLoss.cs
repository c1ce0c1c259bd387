using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// Equations 5 and 6 and the soft cycle: attention from each pixel of the first frame to the second frame's pixels and back again. On the
/// way back the queue's rows compete: since nothing but c has a gradient, they act through one constant λ_j = log Σ_k exp(c₊_j·q_k/τ) per
/// row. A few samples at a time, with the gradient in closed form, so that no graph of N×N tensors is kept.
/// </summary>
internal static class CycleLoss
{
    // Numbers in one of the several B'×N×N tensors alive at once: 16 MiB, on a card 256 MiB, where fewer and larger calls are faster.
    private const long ChunkNumbers = 4 << 20;
    private const long ChunkNumbersOnCard = 64 << 20;

    /// <summary>
    /// Hard: −mean log(M_ii + 10⁻¹²). Soft, if u and uPlus are given: mean of KL(T ‖ M), where T is the global head's attention. Also
    /// returns the share of pixels whose likeliest return is themselves. c, cPlus, u, uPlus [B,N,D] unit vectors, queue [K,D]; gradient
    /// with respect to c.
    /// </summary>
    public static (Tensor Loss, Tensor Back) Compute(
        Tensor c, Tensor cPlus, Tensor queue, double temperature, Tensor? u = null, Tensor? uPlus = null, ScalarType factors = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        Tensor loss, gradient, back;
        using (no_grad())
        {
            var positions = c.shape[1];
            var numbers = c.device.type == DeviceType.CUDA ? ChunkNumbersOnCard : ChunkNumbers;
            var samples = (int)Math.Max(1, numbers / (positions * positions));
            var tile = LossScripts.TileOn(c.device);
            var soft = u is not null && uPlus is not null;
            (loss, gradient, back) = LossScripts.Functions.CallForThree(
                "cycle_loss", c, cPlus, queue, temperature, soft, u ?? c, uPlus ?? cPlus, samples, (int)factors, tile.Rows, tile.Columns);
        }

        loss = ClosedFormGradient.Attach(loss, c, gradient);
        return (loss.MoveToOuterDisposeScope(), back.MoveToOuterDisposeScope());
    }

    /// <summary>Equation 5: M [B,N,N], from each pixel of the first frame over the second's to each of the first's.</summary>
    public static Tensor Matrix(Tensor c, Tensor cPlus, Tensor queue, double temperature, ScalarType factors = ScalarType.Float32)
    {
        using var _ = no_grad();
        var tile = LossScripts.TileOn(c.device);
        return LossScripts.Functions.Call("cycle_matrix", c, cPlus, queue, temperature, (int)factors, tile.Rows, tile.Columns);
    }

    /// <summary>T = softmax(u·u₊ᵀ/τ) [B,N,N], rows of which sum to 1; no gradient.</summary>
    public static Tensor SoftTarget(Tensor u, Tensor uPlus, double temperature)
    {
        using var _ = no_grad();
        return LossScripts.Functions.Call("soft_target", u, uPlus, temperature);
    }
}
