using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// A 1×1 convolution with bias from C channels to classes: weight [classes,C], bias [classes]. Owns both; used by one thread.
/// </summary>
internal sealed class LinearClassifier : IDisposable
{
    /// <summary>Initialises the classifier (METHOD.md §8): weights N(0, 0.01), bias 0.</summary>
    public LinearClassifier(int classes, int channels, ulong seed, Device device)
    {
        var values = new float[classes * channels];
        new SeededNumbers(seed, "classifier.weight").Normal(values, 0.01);
        Weight = tensor(values, [classes, channels], float32, device).DetachFromDisposeScope();
        Bias = zeros([classes], float32, device).DetachFromDisposeScope();
    }

    public Tensor Weight { get; }

    public Tensor Bias { get; }

    public int Classes => (int)Weight.shape[0];

    public int Channels => (int)Weight.shape[1];

    /// <summary>features [B,C,h,w] → logits [B,classes,h,w], differentiable.</summary>
    public Tensor Forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        return nn.functional.conv2d(features, Weight.view(Classes, Channels, 1, 1), Bias).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }
}
