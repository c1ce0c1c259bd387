namespace CACL.Learning.Evaluation.Confidence;

/// <summary>The intervals of a segmentation's scores over test images; null where a score is undefined in every resample.</summary>
/// <param name="Iou">Of each class, over the resamples in which it occurs.</param>
/// <param name="MeanIou">Of mIoU.</param>
/// <param name="MeanAccuracy">Of mAcc.</param>
/// <param name="Accuracy">Of aAcc.</param>
public sealed record ScoreIntervals(Interval?[] Iou, Interval? MeanIou, Interval? MeanAccuracy, Interval? Accuracy)
{
    /// <summary>Returns the intervals of resamples.</summary>
    /// <param name="resampled">The scores of at least one resample.</param>
    public static ScoreIntervals Of(IReadOnlyList<SegmentationScores> resampled)
    {
        ArgumentNullException.ThrowIfNull(resampled);
        ArgumentOutOfRangeException.ThrowIfLessThan(resampled.Count, 1);
        return new ScoreIntervals(
            [.. Enumerable.Range(0, resampled[0].Iou.Length).Select(c => Interval.Of(resampled.Select(s => s.Iou[c])))],
            Interval.Of(resampled.Select(s => s.MeanIou)), Interval.Of(resampled.Select(s => s.MeanAccuracy)),
            Interval.Of(resampled.Select(s => s.Accuracy)));
    }
}
