using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Gives each cell of a feature map a score for each class. Owns its tensors; used by one thread.</summary>
public interface IPixelScorer : IDisposable
{
    /// <summary>Returns the scores; the highest one decides, after bilinear upsampling to the image's size.</summary>
    /// <param name="features">[B,C,h,w] float32, the backbone's output.</param>
    /// <returns>[B,classes,h,w] float32, in the caller's dispose scope; without gradient.</returns>
    Tensor Scores(Tensor features);
}
