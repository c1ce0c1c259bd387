using CACL.Data.Sampling;
using TorchSharp;

namespace CACL.Learning.Augmentation;

/// <summary>The spatial roll of one view (equation 7), in pixels of the view.</summary>
/// <param name="Y">a: rows, a multiple of 8 in [0, S).</param>
/// <param name="X">b: columns, a multiple of 8 in [0, S).</param>
public readonly record struct Roll(int Y, int X)
{
    internal bool IsWithin(long height, long width) => Y >= 0 && X >= 0 && Y < height && X < width && Y % 8 == 0 && X % 8 == 0;
}

/// <summary>
/// What one training step sees of a batch of B pairs, after colour augmentation and before the spatial roll. Owns its two tensors.
/// </summary>
/// <param name="View">v [B,3,S,S], float32, normalised, on the training device, in any memory layout.</param>
/// <param name="ViewPlus">v₊, like <paramref name="View"/>.</param>
/// <param name="Rolls">B rolls of v. Ignored where the spatial roll is off.</param>
/// <param name="RollsPlus">B rolls of v₊, independent of v's. Ignored where the spatial roll is off.</param>
/// <param name="Permutation">The key network's place i gets sample <c>Permutation[i]</c>.</param>
/// <param name="EnqueuePixels">For each sample, the positions (row-major, the same number for all) whose keys enter the pixel and cycle
/// queues.</param>
public sealed record Views(
    torch.Tensor View,
    torch.Tensor ViewPlus,
    Roll[] Rolls,
    Roll[] RollsPlus,
    int[] Permutation,
    int[][] EnqueuePixels) : IDisposable
{
    /// <summary>
    /// The plans by which they were made, in the samples' order: they hold each view's box and flip, for methods that must know where in
    /// the frame a position lies. Null where the views come from elsewhere.
    /// </summary>
    public IReadOnlyList<SamplePlan>? Plans { get; init; }

    /// <summary>
    /// Where several ranks take the step, these are one rank's views, whose own <see cref="Permutation"/> leaves them in their order; this
    /// is the permutation of the whole batch, the same on every rank. Null: these are the whole batch.
    /// </summary>
    public int[]? Shuffle { get; init; }

    /// <summary>
    /// <see cref="StepPlaces.Of"/> of these views on their device, where it came there with them; null: a step uploads it. Owned.
    /// </summary>
    internal torch.Tensor? Uploaded { get; init; }

    /// <summary><see cref="ViewBoxes"/> of these views on their device, [2B,5] float32; null: a step uploads them. Owned.</summary>
    internal torch.Tensor? UploadedBoxes { get; init; }

    /// <summary>Throws if the views do not fit together.</summary>
    /// <param name="rolled">Whether their rolls are used.</param>
    /// <exception cref="ArgumentException">The views do not fit together; the message says why.</exception>
    internal void Check(bool rolled)
    {
        var shape = View.shape;
        if (shape is not [var batch, 3, var height, var width] || !shape.AsSpan().SequenceEqual(ViewPlus.shape))
        {
            throw new ArgumentException(
                $"Views have the shapes [{string.Join(",", shape)}] and [{string.Join(",", ViewPlus.shape)}], not twice [B,3,S,S].");
        }

        if (height % 8 != 0 || width % 8 != 0) throw new ArgumentException($"Views of {height}×{width} pixels are not multiples of 8.");
        if (!Permutation.Order().SequenceEqual(Enumerable.Range(0, (int)batch)))
        {
            throw new ArgumentException($"[{string.Join(",", Permutation)}] is not a permutation of {batch} samples.");
        }

        if (rolled && (
            Rolls.Length != batch || RollsPlus.Length != batch || Rolls.Concat(RollsPlus).Any(roll => !roll.IsWithin(height, width))))
        {
            throw new ArgumentException($"Each of {batch} samples needs two rolls, multiples of 8 in [0, {height}) and [0, {width}).");
        }

        var positions = height / 8 * (width / 8);
        if (EnqueuePixels.Length != batch
            || EnqueuePixels.Any(
                chosen => chosen.Length != EnqueuePixels[0].Length || chosen.Any(position => position < 0 || position >= positions)))
        {
            throw new ArgumentException($"Each of {batch} samples needs equally many pixels to enqueue, positions in [0, {positions}).");
        }
    }

    /// <summary>
    /// Returns which rows a step puts where, on the views' device; what has to be uploaded is the caller's dispose scope's.
    /// </summary>
    internal StepPlaces Places()
    {
        var batch = Permutation.Length;
        if (Uploaded is not null) return new StepPlaces(Uploaded, batch);
        Roll[] Usable(Roll[] rolls) => rolls.Length == batch ? rolls : new Roll[batch];
        var positions = View.shape[2] / 8 * (View.shape[3] / 8);
        var numbers = StepPlaces.Of(Usable(Rolls), Usable(RollsPlus), Permutation, EnqueuePixels, positions);
        return new StepPlaces(torch.tensor(numbers, device: View.device), batch);
    }

    /// <summary>
    /// Returns where in their frames the views lie, <see cref="ViewBoxes"/> [2B,5] float32 on the views' device; what has to be uploaded is
    /// the caller's dispose scope's. Null where the views have no plans.
    /// </summary>
    internal torch.Tensor? Boxes() => UploadedBoxes ?? (Plans is null
        ? null
        : torch.tensor(ViewBoxes.Of(Plans), [2 * Plans.Count, ViewBoxes.Numbers], device: View.device));

    /// <inheritdoc/>
    public void Dispose()
    {
        UploadedBoxes?.Dispose();
        Uploaded?.Dispose();
        View.Dispose();
        ViewPlus.Dispose();
    }
}
