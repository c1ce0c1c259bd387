namespace CACL.Data.Sampling;

/// <summary>
/// Draws the crop box of METHOD.md §1: torchvision's RandomResizedCrop in whole pixels, which falls back to the largest central square.
/// </summary>
internal static class RandomResizedCrop
{
    private const int Tries = 10;
    private static readonly double LogAspectMin = Math.Log(3.0 / 4.0);
    private static readonly double LogAspectMax = Math.Log(4.0 / 3.0);

    internal static CropBox Draw(ref CounterRandom random, int width, int height, double areaMin, double areaMax)
    {
        var frameArea = (double)width * height;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = frameArea * random.Uniform(areaMin, areaMax);
            var aspect = Math.Exp(random.Uniform(LogAspectMin, LogAspectMax));
            var boxWidth = (int)Math.Round(Math.Sqrt(area * aspect), MidpointRounding.ToEven);
            var boxHeight = (int)Math.Round(Math.Sqrt(area / aspect), MidpointRounding.ToEven);
            if (boxWidth < 1 || boxWidth > width || boxHeight < 1 || boxHeight > height) continue;
            var y = random.Below(height - boxHeight + 1);
            var x = random.Below(width - boxWidth + 1);
            return new CropBox(x, y, boxWidth, boxHeight);
        }

        var side = Math.Min(width, height);
        return new CropBox((width - side) / 2, (height - side) / 2, side, side);
    }
}
