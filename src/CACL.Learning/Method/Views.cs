using TorchSharp;

namespace CACL.Learning.Method;

/// <summary>Pixel shuffle of one view (equation 7), in pixels of the view.</summary>
/// <param name="Y">a: rows, a multiple of 8 in [0, S).</param>
/// <param name="X">b: columns, a multiple of 8 in [0, S).</param>
public readonly record struct Roll(int Y, int X);

/// <summary>What one training step sees of a batch of B pairs, after photometry and before pixel shuffle. Owns its two tensors.</summary>
/// <param name="View">v [B,3,S,S], float32, normalised, on the training device, in any memory layout.</param>
/// <param name="ViewPlus">v₊, as <paramref name="View"/>.</param>
/// <param name="Rolls">B rolls of v. Ignored where pixel shuffle is off.</param>
/// <param name="RollsPlus">B rolls of v₊, independent of v's. Ignored where pixel shuffle is off.</param>
/// <param name="Permutation">The key network's place i gets sample <c>Permutation[i]</c>.</param>
/// <param name="EnqueuePixels">Of each sample, the positions (row-major, all of one count) whose keys enter the pixel and cycle queues.</param>
public sealed record Views(
    torch.Tensor View,
    torch.Tensor ViewPlus,
    Roll[] Rolls,
    Roll[] RollsPlus,
    int[] Permutation,
    int[][] EnqueuePixels) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        View.Dispose();
        ViewPlus.Dispose();
    }
}
