namespace CACL.Data.Sampling;

/// <summary>Draws one view's colour augmentation (METHOD.md §2).</summary>
internal static class RandomColourAugmentation
{
    internal static ColourAugmentation Draw(ref CounterRandom random, ColourRanges ranges)
    {
        var jitter = random.Chance(ranges.JitterProbability);
        var brightness = Factor(ref random, ranges.Brightness);
        var contrast = Factor(ref random, ranges.Contrast);
        var saturation = Factor(ref random, ranges.Saturation);
        var hue = (float)random.Uniform(-ranges.Hue, ranges.Hue);
        Span<byte> order = [0, 1, 2, 3];
        random.Shuffle(order);
        var gray = random.Chance(ranges.GrayProbability);
        var blur = random.Chance(ranges.BlurProbability);
        var sigma = (float)random.Uniform(ranges.SigmaMin, ranges.SigmaMax);
        // What came later is drawn last: what is drawn before it stays what it was.
        var solarise = random.Chance(ranges.SolariseProbability);
        return new ColourAugmentation(
            jitter, brightness, contrast, saturation, hue, new JitterOrder(order[0], order[1], order[2], order[3]), gray, blur, sigma)
        {
            Solarise = solarise,
        };
    }

    private static float Factor(ref CounterRandom random, double range) =>
        (float)random.Uniform(Math.Max(0, 1 - range), 1 + range);
}
