using CACL.Data.Sampling;

namespace CACL.Learning.Evaluation.Confidence;

/// <summary>
/// The bootstrap over test images: a resample draws as many images as there are, with replacement, and is scored like the split itself.
/// Which images it draws depends on the seed, its number and the number of images alone, so that a resample of two networks' counts has
/// the same images in both: differences between them are paired. Sums are of whole numbers, so that every machine finds the same bits.
/// </summary>
public static class Bootstrap
{
    /// <summary>Returns the scores of resamples.</summary>
    /// <param name="counts">The counts of at least one image.</param>
    /// <param name="resamples">The number of resamples.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancel">Cancels between two resamples.</param>
    public static SegmentationScores[] Scores(ImageCounts counts, int resamples, ulong seed, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfLessThan(counts.Images, 1);
        var scores = new SegmentationScores[resamples];
        var sum = new long[counts.Classes * counts.Classes];
        for (var resample = 0; resample < resamples; resample++)
        {
            cancel.ThrowIfCancellationRequested();
            Array.Clear(sum);
            var times = Draw(counts.Images, resample, seed);
            for (var image = 0; image < times.Length; image++)
            {
                if (times[image] > 0) counts.AddTo(image, times[image], sum);
            }

            scores[resample] = SegmentationScores.Of(counts.Classes, sum);
        }

        return scores;
    }

    /// <summary>Returns how often a resample holds each image.</summary>
    /// <param name="images">The number of images.</param>
    /// <param name="resample">The resample's number.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static int[] Draw(int images, int resample, ulong seed)
    {
        var random = new CounterRandom(seed, 0, resample, 0, DrawPurpose.EvaluationBootstrap);
        var times = new int[images];
        for (var drawn = 0; drawn < images; drawn++) times[random.Below(images)]++;
        return times;
    }
}
