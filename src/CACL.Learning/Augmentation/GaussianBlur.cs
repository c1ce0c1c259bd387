namespace CACL.Learning.Augmentation;

/// <summary>The weights of METHOD.md §2's blur, which is separable.</summary>
internal static class GaussianBlur
{
    /// <summary>Returns the number of taps for images of side <paramref name="size"/>: 2·⌊S/20⌋+1.</summary>
    public static int Taps(long size) => (2 * (int)(size / 20)) + 1;

    /// <summary>
    /// Returns the weights of so many taps for each standard deviation (pixels), one row after the other; a row's sum is 1.
    /// </summary>
    public static float[] Weights(float[] sigmas, int taps)
    {
        var radius = taps / 2;
        var weights = new float[sigmas.Length * taps];
        for (var sample = 0; sample < sigmas.Length; sample++)
        {
            double sum = 0;
            for (var t = -radius; t <= radius; t++) sum += Weight(t, sigmas[sample]);
            for (var t = -radius; t <= radius; t++) weights[(sample * taps) + t + radius] = (float)(Weight(t, sigmas[sample]) / sum);
        }

        return weights;
    }

    private static double Weight(int t, double sigma) => Math.Exp(-0.5 * (t / sigma) * (t / sigma));
}
