using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Makes the two views of each pair of a batch on the training device (METHOD.md §2). All that the device must know of a batch goes there
/// in one copy, which waits for nothing: the frames' bytes, which rows the step puts where, and what the augmentation is told. Owns the
/// host memory of that copy; used only by the thread that owns the run's tensors.
/// </summary>
public sealed class ViewsBuilder : IDisposable
{
    private static readonly Lazy<TorchScript> Script = new(() => TorchScript.Load("Augmentation/upload"));

    private readonly Device _device;
    private readonly UploadMemory _memory;

    /// <summary>Creates a builder for a training device.</summary>
    public ViewsBuilder(Device device)
    {
        _device = device;
        _memory = new UploadMemory(device);
    }

    /// <summary>Makes both views of a batch. When it returns, the batch's memory is no longer needed and may be disposed.</summary>
    /// <param name="batch">B pairs of one size S, each with its plan; they stay the caller's.</param>
    /// <param name="permutation">The key network's place i gets sample permutation[i].</param>
    /// <returns>v and v₊ [B,3,S,S], owned by the caller.</returns>
    /// <exception cref="ArgumentException">The batch is empty, mixes sizes, or has a pair without a plan.</exception>
    public Views Build(PairBatch batch, int[] permutation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(permutation);
        var plans = batch.Pairs.Select(p => p.Plan ?? throw new ArgumentException($"The pair of {p.Path} has no plan.", nameof(batch)))
            .ToArray();
        var side = SideOf(batch.Pairs);
        // Both views go through in one batch, which takes half as many operations.
        ViewPlan[] both = [.. plans.Select(p => p.View), .. plans.Select(p => p.ViewPlus)];
        var numbers = BatchAugmentation.Numbers([.. both.Select(v => v.ColourAugmentation)], [.. both.Select(v => v.Flip)], side);
        var (rolls, rollsPlus) = (Rolls(plans, p => p.View), Rolls(plans, p => p.ViewPlus));
        int[][] chosen = [.. plans.Select(p => p.EnqueuePixels)];
        var places = StepPlaces.Of(rolls, rollsPlus, permutation, chosen, side / 8L * (side / 8));
        var boxes = ViewBoxes.Of(plans);
        var layout = new UploadLayout(
            both.Length * side * side * 3, places.Length, numbers.Samples.Length, numbers.Values.Length, boxes.Length);

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var host = _memory.Next(layout.Size);
        layout.Fill(host.bytes, batch.Pairs, places, numbers.Samples, numbers.Values, boxes);
        var device = host.to(_device, non_blocking: true);
        var frames = device.narrow(0, 0, layout.Frames).view(both.Length, side, side, 3).permute(0, 3, 1, 2);
        var views = BatchAugmentation.Apply(
            frames, numbers, Part(device, layout.Samples, int64), Part(device, layout.Values, float32));
        var placesThere = Part(device, layout.Places, int64);
        var boxesThere = Part(device, layout.Boxes, float32).view(both.Length, ViewBoxes.Numbers);
        // Each is a part of one of two tensors, whose memory is freed with the last of their parts.
        return new Views(
            views.narrow(0, 0, plans.Length).DetachFromDisposeScope(),
            views.narrow(0, plans.Length, plans.Length).DetachFromDisposeScope(), rolls, rollsPlus, permutation, chosen)
        {
            Plans = plans,
            Uploaded = placesThere.DetachFromDisposeScope(),
            UploadedBoxes = boxesThere.DetachFromDisposeScope(),
        };
    }

    /// <summary>Frees the host memory.</summary>
    public void Dispose() => _memory.Dispose();

    private static Tensor Part(Tensor bytes, UploadPart part, ScalarType type) =>
        Script.Value.Call("part", bytes, part.At, part.Bytes, (int)type);

    private static Roll[] Rolls(SamplePlan[] plans, Func<SamplePlan, ViewPlan> view) =>
        [.. plans.Select(p => new Roll(view(p).RollY, view(p).RollX))];

    private static int SideOf(IReadOnlyList<FramePair> pairs)
    {
        if (pairs.Count == 0) throw new ArgumentException("A batch without pairs has no views.", nameof(pairs));
        var bytes = pairs[0].First.Length;
        return pairs.Any(pair => pair.First.Length != bytes)
            ? throw new ArgumentException("The pairs of a batch are not of one size.", nameof(pairs))
            : (int)Math.Sqrt(bytes / 3);
    }
}
