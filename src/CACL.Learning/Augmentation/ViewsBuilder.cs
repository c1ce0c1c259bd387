using CACL.Data.Batches;
using CACL.Data.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Makes the two views of each pair of a batch on the training device (METHOD.md §2). Owns the host tensor through which bytes go to the
/// device; used only by the thread that owns the run's tensors.
/// </summary>
public sealed class ViewsBuilder : IDisposable
{
    private readonly Device _device;
    private Tensor? _staging;

    /// <summary>Creates a builder for a training device.</summary>
    public ViewsBuilder(Device device) => _device = device;

    /// <summary>Makes both views of a batch. When it returns, the batch's memory is no longer needed and may be disposed.</summary>
    /// <param name="batch">B pairs of one size S, each with its plan; they stay the caller's.</param>
    /// <param name="permutation">The key network's place i gets sample permutation[i].</param>
    /// <returns>v and v₊ [B,3,S,S], owned by the caller.</returns>
    /// <exception cref="ArgumentException">The batch is empty, mixes sizes, or has a pair without a plan.</exception>
    public Views Build(PairBatch batch, int[] permutation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var plans = batch.Pairs.Select(p => p.Plan ?? throw new ArgumentException($"The pair of {p.Path} has no plan.", nameof(batch)))
            .ToArray();
        using var scope = NewDisposeScope();
        var frames = Fill(batch.Pairs).to(_device).permute(0, 3, 1, 2);
        // Both views go through in one batch, which takes half as many operations.
        ViewPlan[] both = [.. plans.Select(p => p.View), .. plans.Select(p => p.ViewPlus)];
        var views = BatchAugmentation.Apply(frames, [.. both.Select(v => v.ColourAugmentation)], [.. both.Select(v => v.Flip)]);
        // Both are views of the same memory, which is freed when both are disposed.
        var first = views.narrow(0, 0, plans.Length).DetachFromDisposeScope();
        var second = views.narrow(0, plans.Length, plans.Length).DetachFromDisposeScope();
        return new Views(
            first, second, Rolls(plans, p => p.View), Rolls(plans, p => p.ViewPlus), permutation, [.. plans.Select(p => p.EnqueuePixels)])
        {
            Plans = plans,
        };
    }

    /// <summary>Frees the host tensor.</summary>
    public void Dispose() => _staging?.Dispose();

    private static Roll[] Rolls(SamplePlan[] plans, Func<SamplePlan, ViewPlan> view) =>
        [.. plans.Select(p => new Roll(view(p).RollY, view(p).RollX))];

    /// <summary>Returns the first frames, then the second frames: [2B,S,S,3] bytes on the host.</summary>
    private Tensor Fill(IReadOnlyList<FramePair> pairs)
    {
        if (pairs.Count == 0) throw new ArgumentException("A batch without pairs has no views.", nameof(pairs));
        var bytes = pairs[0].First.Length;
        var side = (int)Math.Sqrt(bytes / 3);
        var staging = Staging(2 * pairs.Count, side);
        var memory = staging.bytes;
        for (var i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].First.Length != bytes) throw new ArgumentException("The pairs of a batch are not of one size.", nameof(pairs));
            pairs[i].First.CopyTo(memory[(i * bytes)..]);
            pairs[i].Second.CopyTo(memory[((pairs.Count + i) * bytes)..]);
        }

        return staging;
    }

    private Tensor Staging(long frames, long side)
    {
        if (_staging is not null && _staging.shape[0] == frames && _staging.shape[1] == side) return _staging;
        _staging?.Dispose();
        var fresh = empty([frames, side, side, 3], uint8).DetachFromDisposeScope();
        _staging = fresh;
        if (_device.type != DeviceType.CUDA) return fresh;
        // The device reads page-locked memory itself, several times as fast.
        _staging = fresh.pin_memory().DetachFromDisposeScope();
        fresh.Dispose();
        return _staging;
    }
}
