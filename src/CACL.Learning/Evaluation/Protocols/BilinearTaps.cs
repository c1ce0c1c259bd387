namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Bilinear upsampling along one axis, corners not aligned, in PyTorch's float32 arithmetic: fine position x is (1−Weight[x]) of coarse
/// position Near[x] and Weight[x] of the next one. Near never decreases, so the fine positions that belong to a coarse one lie side by
/// side.
/// </summary>
internal sealed class BilinearTaps
{
    /// <summary>Creates the taps from <paramref name="coarse"/> positions to <paramref name="fine"/>.</summary>
    public BilinearTaps(int coarse, int fine)
    {
        Coarse = coarse;
        Near = new int[fine];
        Weight = new float[fine];
        First = new int[coarse + 1];
        var scale = (float)coarse / fine;
        for (var x = 0; x < fine; x++)
        {
            var source = Math.Max(0f, (scale * (x + 0.5f)) - 0.5f);
            var near = Math.Min((int)source, coarse - 1);
            Near[x] = near;
            // The last coarse position has no next one: beyond it, its own value counts alone.
            Weight[x] = near == coarse - 1 ? 0 : source - near;
        }

        for (var place = 0; place <= coarse; place++)
        {
            var first = Array.BinarySearch(Near, place);
            first = first < 0 ? ~first : first;
            while (first > 0 && Near[first - 1] >= place) first--;
            First[place] = first;
        }
    }

    /// <summary>Number of coarse positions.</summary>
    public int Coarse { get; }

    /// <summary>For each fine position, the coarse one at or before it.</summary>
    public int[] Near { get; }

    /// <summary>For each fine position, the weight of the coarse position after <see cref="Near"/>.</summary>
    public float[] Weight { get; }

    /// <summary>For each coarse position, the first fine position that is near it; after the last, the number of fine positions.</summary>
    public int[] First { get; }
}
