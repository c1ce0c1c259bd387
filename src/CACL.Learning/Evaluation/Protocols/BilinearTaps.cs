namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Bilinear upsampling of one axis, corners not aligned, in PyTorch's float32 arithmetic: fine place x is (1−Weight[x]) of coarse place
/// Near[x] and Weight[x] of the next one. Near never falls, so the fine places of a coarse one lie side by side.
/// </summary>
internal sealed class BilinearTaps
{
    /// <summary>From <paramref name="coarse"/> places to <paramref name="fine"/>.</summary>
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
            // The last coarse place has no next one: beyond it everything is its own.
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

    /// <summary>Coarse places.</summary>
    public int Coarse { get; }

    /// <summary>Of each fine place, the coarse one at or before it.</summary>
    public int[] Near { get; }

    /// <summary>Of each fine place, how much of it the coarse place after <see cref="Near"/> is.</summary>
    public float[] Weight { get; }

    /// <summary>Of each coarse place, the first fine place that is near it; after the last, their number.</summary>
    public int[] First { get; }
}
