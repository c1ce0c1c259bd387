namespace CACL.Data.Sampling;

/// <summary>Draws one view's colour augmentation from the ranges of METHOD.md §2 (MoCo-v2's).</summary>
internal static class RandomColourAugmentation
{
    internal static ColourAugmentation Draw(ref CounterRandom random)
    {
        var jitter = random.Chance(0.8);
        var brightness = (float)random.Uniform(0.6, 1.4);
        var contrast = (float)random.Uniform(0.6, 1.4);
        var saturation = (float)random.Uniform(0.6, 1.4);
        var hue = (float)random.Uniform(-0.1, 0.1);
        Span<byte> order = [0, 1, 2, 3];
        random.Shuffle(order);
        var gray = random.Chance(0.2);
        var blur = random.Chance(0.5);
        var sigma = (float)random.Uniform(0.1, 2);
        return new ColourAugmentation(
            jitter, brightness, contrast, saturation, hue, new JitterOrder(order[0], order[1], order[2], order[3]), gray, blur, sigma);
    }
}
