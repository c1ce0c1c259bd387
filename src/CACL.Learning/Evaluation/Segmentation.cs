using static TorchSharp.torch;

namespace CACL.Learning.Evaluation;

/// <summary>Turns a classifier's coarse logits into pixels and their loss (METHOD.md §8).</summary>
internal static class Segmentation
{
    /// <summary>Upsamples logits [B,classes,h,w] → [B,classes,height,width], bilinear, corners not aligned.</summary>
    public static Tensor Upsample(Tensor logits, long height, long width) =>
        nn.functional.interpolate(logits, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    /// <summary>
    /// Returns the mean cross-entropy over the pixels that are not ignored. logits [B,classes,H,W], labels [B,H,W] int64.
    /// </summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels, int ignore = ConfusionMatrix.DefaultIgnore) =>
        nn.functional.cross_entropy(logits, labels, ignore_index: ignore);
}
