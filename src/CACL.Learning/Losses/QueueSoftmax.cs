using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// What the losses need from the softmax of many rows over a long queue, computed in tiles: the rows × K logits never exist at the same
/// time. Without autograd.
/// </summary>
internal static class QueueSoftmax
{
    /// <summary>
    /// For each row r of <paramref name="rows"/> [R,D] (unit vectors), returns the logarithm [R] of Σ_k exp(r·q_k/τ) over the queue
    /// [K,D], and Σ_k exp(r·q_k/τ)·q_k divided by that sum, [R,D].
    /// </summary>
    public static (Tensor LogSum, Tensor Mean) Sweep(Tensor rows, Tensor queue, double temperature)
    {
        using var _ = no_grad();
        var tile = LossScripts.TileOn(rows.device);
        return LossScripts.Functions.CallForTwo("queue_softmax", rows, queue, temperature, true, tile.Rows, tile.Columns);
    }
}
