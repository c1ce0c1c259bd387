using CACL.Data.Sampling;
using CACL.Learning.Augmentation;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>§2: bytes and drawn parameters in, normalised views out.</summary>
internal static class ColourAugmentationCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var bytes = Array.ConvertAll(golden.Longs("input"), v => checked((byte)v));
        var frames = tensor(bytes, golden.Shape("input"), uint8).to(golden.Device);
        var plans = Plans(golden);
        var output = BatchAugmentation.Apply(frames, plans, [.. golden.Longs("flip").Select(v => v != 0)]);
        check.AbsoluteAndMean(
            "output", output, golden.Tolerance("# absolute", 2e-5, RoundedQuantity.Image),
            golden.Tolerance("# mean", 1e-6, RoundedQuantity.Image));
    }

    private static ColourAugmentation[] Plans(GoldenFile golden)
    {
        var (jitter, gray, blur) = (golden.Longs("jitter"), golden.Longs("gray"), golden.Longs("blur"));
        var (brightness, contrast, saturation) = (golden.Floats("brightness"), golden.Floats("contrast"), golden.Floats("saturation"));
        var (hue, sigma) = (golden.Floats("hue"), golden.Floats("sigma"));
        // Files of CACL's own augmentation have none.
        var solarised = golden.Entries.Any(e => e.Name == "solarize") ? golden.Longs("solarize") : new long[jitter.Length];
        var order = Array.ConvertAll(golden.Longs("order"), v => checked((byte)v));
        return Enumerable.Range(0, jitter.Length).Select(i => new ColourAugmentation(
            jitter[i] != 0,
            brightness[i],
            contrast[i],
            saturation[i],
            hue[i],
            new JitterOrder(order[4 * i], order[(4 * i) + 1], order[(4 * i) + 2], order[(4 * i) + 3]),
            gray[i] != 0,
            blur[i] != 0,
            sigma[i])
        {
            Solarise = solarised[i] != 0,
        }).ToArray();
    }
}
