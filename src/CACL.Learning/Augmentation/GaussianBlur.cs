using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>The Gaussian blur of METHOD.md §2: separable, with reflected borders and a standard deviation per sample.</summary>
internal static class GaussianBlur
{
    /// <summary>Returns the number of taps for images of side <paramref name="size"/>: 2·⌊S/20⌋+1.</summary>
    public static int Taps(long size) => (2 * (int)(size / 20)) + 1;

    /// <summary>Returns x [n,3,S,S] blurred; sigmas in pixels, one per sample. Called inside a dispose scope.</summary>
    public static Tensor Apply(Tensor x, float[] sigmas)
    {
        var taps = Taps(x.shape[3]);
        var radius = taps / 2;
        if (radius == 0) return x;
        var (samples, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var planes = samples * channels;
        var weights = tensor(Weights(sigmas, radius), [samples, 1, taps], x.dtype, x.device)
            .expand(samples, channels, taps)
            .reshape(planes, 1, 1, taps);
        // Every plane is a channel of one image and convolved in a group of its own: one call serves all deviations.
        var y = nn.functional.pad(x, [radius, radius, radius, radius], PaddingModes.Reflect)
            .view(1, planes, height + (2 * radius), width + (2 * radius));
        y = nn.functional.conv2d(y, weights, groups: planes);
        y = nn.functional.conv2d(y, weights.view(planes, 1, taps, 1), groups: planes);
        return y.view(samples, channels, height, width);
    }

    private static float[] Weights(float[] sigmas, int radius)
    {
        var taps = (2 * radius) + 1;
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
