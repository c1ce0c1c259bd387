using CACL.Learning.Evaluation;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>§8: logits upsampled to the label's size, their loss, and the counts and scores.</summary>
internal static class EvaluationCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 1e-5);
        var (classes, ignore) = (golden.Int("classes"), golden.Int("ignore"));
        var (height, width) = (golden.Shape("label")[1], golden.Shape("label")[2]);
        var label = tensor(golden.Longs("label"), golden.Shape("label"), int64).to(golden.Device);
        using var _ = no_grad();
        var upsampled = Segmentation.Upsample(golden.Tensor("logits"), height, width);
        check.Relative("upsampled", upsampled, tolerance);
        check.Relative("cross_entropy", Segmentation.CrossEntropy(upsampled, label, ignore), tolerance);

        var matrix = new ConfusionMatrix(classes, ignore);
        matrix.Add(upsampled.argmax(1), label);
        var expected = golden.Longs("confusion");
        if (expected.Length != matrix.Counts.Count)
            throw new GoldenException($"its confusion has {expected.Length} counts, not {matrix.Counts.Count}");
        // A pixel that falls to the other side leaves one count and enters another.
        var moved = expected.Zip(matrix.Counts, (e, a) => Math.Abs(e - a)).Sum() / 2.0;
        var undecided = Undecided(golden.Tensor("upsampled"), golden.Tolerance("less than #", 1e-5));
        check.Add("confusion (pixels, undecided ones allowed)", moved, undecided);

        // Where an undecided pixel fell to the other side, the file's own counts are scored: it is the rule that is verified here.
        var scores = (moved > 0 && moved <= undecided ? new ConfusionMatrix(classes, expected) : matrix).Scores();
        check.Relative("iou", golden.Doubles("iou"), scores.Iou, tolerance);
        check.Relative("scores", golden.Doubles("scores"), [scores.MeanIou, scores.MeanAccuracy, scores.Accuracy], tolerance);
    }

    /// <summary>Returns the number of pixels whose two best logits are closer than <paramref name="gap"/>.</summary>
    private static long Undecided(Tensor upsampled, double gap)
    {
        if (upsampled.shape[1] < 2) return 0;
        var best = upsampled.topk(2, 1).values;
        return best.select(1, 0).sub(best.select(1, 1)).lt(gap).sum().item<long>();
    }
}
