using CACL.Learning.Evaluation.Confidence;

namespace CACL.Node.Evaluation;

/// <summary>
/// The intervals of a result's scores, by a bootstrap over its test images, as they are written: two numbers each, null where a score is
/// undefined.
/// </summary>
/// <param name="Level">The share of resamples within an interval.</param>
/// <param name="Resamples">The number of resamples.</param>
/// <param name="Images">The number of test images.</param>
/// <param name="Miou">Of mIoU, 0 to 1.</param>
/// <param name="Macc">Of mAcc.</param>
/// <param name="Aacc">Of aAcc.</param>
/// <param name="Iou">Of each class.</param>
internal sealed record ResultIntervals(
    double Level, int Resamples, int Images, double[]? Miou, double[]? Macc, double[]? Aacc, double[]?[] Iou)
{
    /// <summary>Below so many test images the intervals are too narrow by far; see docs/evaluation.md.</summary>
    public const int FewImages = 20;

    /// <summary>Returns the intervals of counted images; null for 0 resamples.</summary>
    public static ResultIntervals? Of(ImageCounts images, int resamples, ulong seed, CancellationToken cancel)
    {
        if (resamples == 0) return null;
        var found = ScoreIntervals.Of(Bootstrap.Scores(images, resamples, seed, cancel));
        return new ResultIntervals(
            Interval.Level, resamples, images.Images, Ends(found.MeanIou), Ends(found.MeanAccuracy), Ends(found.Accuracy),
            [.. found.Iou.Select(Ends)]);
    }

    private static double[]? Ends(Interval? interval) => interval is { } i ? [i.Low, i.High] : null;
}
