using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// PixPro's loss: of two views' positions that lie near each other in the frame, one, after it has taken in its own view's similar
/// positions, is to agree with the other's projection. A few samples at a time, with the gradient in closed form, so that no graph of N×N
/// tensors is kept.
/// </summary>
internal static class PropagationLoss
{
    // Numbers in one of the some six B'×N×N tensors alive at once: 16 MiB, on a card 256 MiB; float64 among them.
    private const long ChunkNumbers = 4 << 20;
    private const long ChunkNumbersOnCard = 64 << 20;

    /// <summary>
    /// Returns −2 times the mean, over samples, of the mean cosine of y_i = Σ_j max(cos(x_i, x_j), 0)^γ·g_j and the other view's target
    /// at j, over positive pairs, both ways summed; and the share of samples that have a positive pair, without which a sample contributes
    /// nothing. The gradient is with respect to x and g.
    /// </summary>
    /// <param name="x">Unit vectors [2B,N,D] of both views' positions: all of v, then all of v₊.</param>
    /// <param name="g">Unit vectors of what a position hands on, likewise.</param>
    /// <param name="target">Unit vectors of the other network's projections, likewise.</param>
    /// <param name="boxes">Where in their frames the views lie, [2B,5] (see <see cref="Augmentation.ViewBoxes"/>).</param>
    /// <param name="map">Rows and columns of a map, N positions in all.</param>
    /// <param name="distance">Two positions are a positive pair if their cells' centres are nearer in the frame than so many diagonals of
    /// the larger view's cells.</param>
    /// <param name="sharpness">γ, 1 or more.</param>
    public static (Tensor Loss, Tensor Matched) Compute(
        Tensor x, Tensor g, Tensor target, Tensor boxes, (long Rows, long Columns) map, double distance, double sharpness)
    {
        using var scope = NewDisposeScope();
        Tensor loss, gradient, matched;
        using (no_grad())
        {
            var numbers = x.device.type == DeviceType.CUDA ? ChunkNumbersOnCard : ChunkNumbers;
            var samples = (int)Math.Max(1, numbers / (x.shape[1] * x.shape[1]));
            (loss, gradient, matched) = LossScripts.Functions.CallForThree(
                "propagation_loss", x, g, target, boxes, (int)map.Rows, (int)map.Columns, distance, sharpness, samples);
        }

        return (ClosedFormGradient.Attach(loss, stack([x, g]), gradient).MoveToOuterDisposeScope(), matched.MoveToOuterDisposeScope());
    }

    /// <summary>Returns which positions [B,N,N] of v (rows) and v₊ are positive pairs: 1, others 0, float64.</summary>
    public static Tensor Positives(Tensor boxes, (long Rows, long Columns) map, double distance)
    {
        using var _ = no_grad();
        return LossScripts.Functions.Call("positive_pairs", boxes, (int)map.Rows, (int)map.Columns, distance);
    }

    /// <summary>Returns y [B,N,D] for x and g, unit vectors [B,N,D].</summary>
    public static Tensor Propagate(Tensor x, Tensor g, double sharpness)
    {
        using var _ = no_grad();
        return LossScripts.Functions.Call("propagate", x, g, sharpness);
    }
}
