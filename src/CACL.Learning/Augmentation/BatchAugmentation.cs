using CACL.Data.Sampling;
using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Augments a whole batch (METHOD.md §2) on the device where it lies: frames of bytes in, normalised views out. An operation touches only
/// the samples to which it applies. Each sample has its own order of colour jitter's four operations: the batch goes through the four
/// places of that order, at each of which the samples form at most four groups.
/// </summary>
internal static class BatchAugmentation
{
    /// <summary>ImageNet's mean red, green and blue (METHOD.md §2).</summary>
    internal static readonly float[] Mean = [0.485f, 0.456f, 0.406f];

    /// <summary>The standard deviations of the same.</summary>
    internal static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    /// <summary>Makes views of frames.</summary>
    /// <param name="frames">[B,3,S,S] unsigned bytes, in any memory layout.</param>
    /// <param name="plans">B colour augmentations.</param>
    /// <param name="flips">Whether each frame is mirrored left to right.</param>
    /// <returns>[B,3,S,S] float32, normalised, channels-last; owned by the caller's dispose scope, or by the caller.</returns>
    public static Tensor Apply(Tensor frames, IReadOnlyList<ColourAugmentation> plans, IReadOnlyList<bool> flips)
    {
        if (frames.shape[0] != plans.Count || plans.Count != flips.Count)
            throw new ArgumentException(
                $"{frames.shape[0]} frames, {plans.Count} plans and {flips.Count} flips are not one batch.", nameof(plans));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var x = frames.contiguous().to(float32).div_(255);
        for (var place = 0; place < 4; place++) JitterAt(place, x, plans);
        On(x, Where(plans, p => p.Gray), (y, _) => ColourJitter.Grey(y).expand_as(y));
        On(x, Where(plans, p => p.Blur), (y, which) => GaussianBlur.Apply(y, [.. which.Select(i => plans[i].Sigma)]));
        On(x, Where(flips, flip => flip), (y, _) => y.flip(3));
        x.sub_(tensor(Mean, device: x.device).view(1, 3, 1, 1)).div_(tensor(Deviation, device: x.device).view(1, 3, 1, 1));
        return x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static void JitterAt(int place, Tensor x, IReadOnlyList<ColourAugmentation> plans)
    {
        InPlace(0, p => p.Brightness, (y, f, _) => ColourJitter.Brightness(y, f));
        InPlace(1, p => p.Contrast, ColourJitter.Contrast);
        InPlace(2, p => p.Saturation, ColourJitter.Saturation);
        InPlace(3, p => p.Hue, (y, shift, _) => ColourJitter.Hue(y, shift));

        void InPlace(int operation, Func<ColourAugmentation, float> value, Action<Tensor, Tensor, Tensor> change) =>
            On(x, Where(plans, p => p.Jitter && p.Order[place] == operation), (y, which) =>
            {
                var values = which.Select(i => value(plans[i])).ToArray();
                // 1−f is computed in double precision, as in torchvision.
                var rest = values.Select(f => (float)(1.0 - f)).ToArray();
                change(y, Column(values, x.device), Column(rest, x.device));
                return y;
            });
    }

    private static Tensor Column(float[] values, Device device) => tensor(values, device: device).view(values.Length, 1, 1, 1);

    private static int[] Where<T>(IReadOnlyList<T> items, Func<T, bool> condition) =>
        Enumerable.Range(0, items.Count).Where(i => condition(items[i])).ToArray();

    /// <summary>Replaces the samples at these indices by what <paramref name="change"/> makes of a copy of them.</summary>
    private static void On(Tensor x, int[] which, Func<Tensor, int[], Tensor> change)
    {
        if (which.Length == 0) return;
        using var scope = NewDisposeScope();
        var places = tensor(which.Select(i => (long)i).ToArray(), device: x.device);
        x.index_copy_(0, places, change(x.index_select(0, places), which));
    }
}
