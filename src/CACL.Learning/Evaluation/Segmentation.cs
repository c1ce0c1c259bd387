using static TorchSharp.torch;

namespace CACL.Learning.Evaluation;

/// <summary>From a classifier's coarse logits to pixels and their loss (METHOD.md §8).</summary>
internal static class Segmentation
{
    /// <summary>logits [B,classes,h,w] → [B,classes,height,width], bilinear, corners not aligned.</summary>
    public static Tensor Upsample(Tensor logits, long height, long width) =>
        nn.functional.interpolate(logits, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    /// <summary>Mean cross-entropy over the pixels that are not left out. logits [B,classes,H,W], labels [B,H,W] int64.</summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels, int ignore = ConfusionMatrix.DefaultIgnore) =>
        nn.functional.cross_entropy(logits, labels, ignore_index: ignore);
}
