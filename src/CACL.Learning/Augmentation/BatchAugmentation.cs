using System.Globalization;
using CACL.Data.Sampling;
using CACL.Learning.Runtime;
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

    private static readonly Lazy<TorchScript> Script = new(() => TorchScript.LoadWith(
        $"""
        def mean_colour() -> List[float]:
            return {Literal(Mean)}

        def deviation_of_colour() -> List[float]:
            return {Literal(Deviation)}
        """,
        "Augmentation/augmentation"));

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
        var numbers = Numbers(plans, flips, frames.shape[3]);
        return Apply(
            frames, numbers, tensor(numbers.Samples, device: frames.device), tensor(numbers.Values, device: frames.device))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Does the same with <see cref="Numbers"/> that are on the device already.</summary>
    public static Tensor Apply(Tensor frames, AugmentationNumbers numbers, Tensor samples, Tensor values)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var factors = numbers.Values.Length - (numbers.Blurred * numbers.Taps);
        return Script.Value.Call(
            "augment",
            frames,
            tensor(numbers.Counts),
            samples,
            values.narrow(0, 0, factors).view(factors / 2, 2),
            values.narrow(0, factors, numbers.Blurred * numbers.Taps).view(numbers.Blurred, numbers.Taps)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Returns which samples each operation applies to, in the order in which the script applies them, and what the operations are told.
    /// </summary>
    public static AugmentationNumbers Numbers(IReadOnlyList<ColourAugmentation> plans, IReadOnlyList<bool> flips, long side)
    {
        List<Func<int, bool>> operations = [];
        for (var place = 0; place < 4; place++)
        {
            for (var operation = 0; operation < 4; operation++)
            {
                var (at, which) = (place, operation);
                operations.Add(i => plans[i].Jitter && plans[i].Order[at] == which);
            }
        }

        operations.AddRange([i => plans[i].Gray, i => plans[i].Blur, i => plans[i].Solarise, i => flips[i]]);
        var groups = operations.Select(applies => Enumerable.Range(0, plans.Count).Where(applies).ToArray()).ToList();
        // 1−f is computed in double precision, as in torchvision.
        var values = groups.Take(16)
            .SelectMany((group, operation) => group.Select(i => Value(plans[i], operation % 4)))
            .SelectMany(value => new[] { value, (float)(1.0 - value) });
        var sigmas = plans.Where(plan => plan.Blur).Select(plan => plan.Sigma).ToArray();
        var taps = GaussianBlur.Taps(side);
        return new AugmentationNumbers(
            [.. groups.Select(group => (long)group.Length)], [.. groups.SelectMany(group => group).Select(i => (long)i)],
            [.. values, .. GaussianBlur.Weights(sigmas, taps)], sigmas.Length, taps);
    }

    private static string Literal(float[] values) =>
        $"[{string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]";

    private static float Value(ColourAugmentation plan, int operation) => operation switch
    {
        0 => plan.Brightness,
        1 => plan.Contrast,
        2 => plan.Saturation,
        _ => plan.Hue,
    };
}
