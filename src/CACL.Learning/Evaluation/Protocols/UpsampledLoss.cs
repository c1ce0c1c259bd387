using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Computes the loss of upsampled logits and its gradient with respect to the coarse logits, on the device on which they lie.
/// </summary>
internal sealed class UpsampledLoss(Device device, int threads)
{
    private readonly UpsampledCrossEntropy _fused = new(threads);
    private float[] _logits = [];

    /// <summary>
    /// Returns the sum of the loss over an image's counted pixels, in nats; <paramref name="logits"/> are replaced by its gradient times
    /// <paramref name="scale"/>.
    /// </summary>
    /// <param name="logits">[classes, height·width] float32, contiguous.</param>
    /// <param name="height">Rows of the coarse map.</param>
    /// <param name="width">Columns of the coarse map.</param>
    /// <param name="labels">Labels in full size.</param>
    /// <param name="mirrored">Whether the logits are those of the mirror image.</param>
    /// <param name="scale">Factor of the gradient.</param>
    public double Backward(Tensor logits, int height, int width, ColumnMajorLabels labels, bool mirrored, float scale) =>
        device.type == DeviceType.CPU
            ? Fused(logits, height, width, labels, mirrored, scale)
            : ByAutograd(logits, height, width, labels, mirrored, scale);

    private double Fused(Tensor logits, int height, int width, ColumnMajorLabels labels, bool mirrored, float scale)
    {
        var count = (int)logits.numel();
        if (_logits.Length < count) _logits = new float[count];
        var bytes = MemoryMarshal.AsBytes(_logits.AsSpan(0, count));
        logits.bytes.CopyTo(bytes);
        var loss = _fused.Backward(_logits, (int)logits.shape[0], height, width, labels, mirrored, scale);
        bytes.CopyTo(logits.bytes);
        return loss;
    }

    /// <summary>Does the same with torch's own operations, which are fast enough on a GPU.</summary>
    internal static double ByAutograd(Tensor logits, int height, int width, ColumnMajorLabels labels, bool mirrored, float scale)
    {
        using var scope = NewDisposeScope();
        using var _ = enable_grad();
        var coarse = logits.detach().clone().requires_grad_(true);
        var target = tensor(labels.Values, [labels.Width, labels.Stride], uint8).to(logits.device).narrow(1, 0, labels.Height).t();
        if (mirrored) target = target.flip(1);
        var fine = Segmentation.Upsample(coarse.view(1, logits.shape[0], height, width), labels.Height, labels.Width);
        var loss = nn.functional.cross_entropy(
            fine, target.unsqueeze(0).to(int64), ignore_index: ConfusionMatrix.DefaultIgnore, reduction: nn.Reduction.Sum);
        loss.backward();
        using var none = no_grad();
        logits.copy_(coarse.grad!.mul(scale));
        return loss.detach().cpu().item<float>();
    }
}
