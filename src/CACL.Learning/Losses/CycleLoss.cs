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
    /// Hard: −mean log(M_ii + 10⁻¹²). Soft, if <paramref name="target"/> is given: mean of KL(T ‖ M), where T is the target's attention.
    /// c, cPlus [B,N,D] unit vectors, queue [K,D]. The gradient is with respect to c and, if <paramref name="bothFrames"/>, also cPlus.
    /// </summary>
    public static CycleResult Compute(
        Tensor c, Tensor cPlus, Tensor queue, double temperature, AttentionTarget? target = null, bool bothFrames = false,
        ScalarType? factors = null)
    {
        using var scope = NewDisposeScope();
        Tensor loss, gradient, figures;
        using (no_grad())
        {
            var positions = c.shape[1];
            var numbers = c.device.type == DeviceType.CUDA ? ChunkNumbersOnCard : ChunkNumbers;
            var samples = (int)Math.Max(1, numbers / (positions * positions));
            var tile = LossScripts.TileOn(c.device);
            var made = target ?? new AttentionTarget(c, cPlus, temperature);
            (loss, gradient, figures) = LossScripts.Functions.CallForThree(
                "cycle_loss", c, cPlus, queue, temperature, target is not null, made.From, made.To, made.Temperature, bothFrames, samples,
                (int)(factors ?? c.dtype), tile.Rows, tile.Columns);
        }

        loss = ClosedFormGradient.Attach(loss, bothFrames ? cat([c, cPlus]) : c, gradient);
        return new(
            loss.MoveToOuterDisposeScope(), figures.select(0, 0).MoveToOuterDisposeScope(), figures.select(0, 1).MoveToOuterDisposeScope());
    }

    /// <summary>Equation 5: M [B,N,N], from each pixel of the first frame over the second's to each of the first's.</summary>
    public static Tensor Matrix(Tensor c, Tensor cPlus, Tensor queue, double temperature, ScalarType? factors = null)
    {
        using var _ = no_grad();
        var tile = LossScripts.TileOn(c.device);
        return LossScripts.Functions.Call("cycle_matrix", c, cPlus, queue, temperature, (int)(factors ?? c.dtype), tile.Rows, tile.Columns);
    }

    /// <summary>T = softmax(u·u₊ᵀ/τ) [B,N,N], rows of which sum to 1; no gradient.</summary>
    public static Tensor SoftTarget(Tensor u, Tensor uPlus, double temperature)
    {
        using var _ = no_grad();
        return LossScripts.Functions.Call("soft_target", u, uPlus, temperature);
    }
}

/// <summary>
/// Of what a soft target T = softmax(from·toᵀ/τ) is made; no gradient goes through it.
/// </summary>
/// <param name="From">Unit vectors [B,N,D'] of the first frame's pixels.</param>
/// <param name="To">Unit vectors [B,N,D'] of the pixels that they attend to.</param>
/// <param name="Temperature">The target's τ.</param>
internal sealed record AttentionTarget(Tensor From, Tensor To, double Temperature);

/// <summary>What the cycle loss returns, in the caller's dispose scope.</summary>
/// <param name="Loss">The loss, with gradient.</param>
/// <param name="Back">The share of pixels whose likeliest return is themselves.</param>
/// <param name="Entropy">The target's mean entropy as a share of ln N; 0 for the hard cycle.</param>
internal readonly record struct CycleResult(Tensor Loss, Tensor Back, Tensor Entropy);
