using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Scores by a linear classifier: a 1×1 convolution on the backbone's raw features.</summary>
public sealed class LinearScorer : IPixelScorer
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;

    /// <summary>Copies a classifier to a device.</summary>
    /// <param name="weight">classes × C, row-major.</param>
    /// <param name="bias">One for each class.</param>
    /// <param name="device">The backbone's device.</param>
    public LinearScorer(float[] weight, float[] bias, Device device)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(bias);
        _weight = tensor(weight, [bias.Length, weight.Length / bias.Length, 1, 1], float32, device).DetachFromDisposeScope();
        _bias = tensor(bias, [bias.Length], float32, device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Scores(Tensor features) => nn.functional.conv2d(features, _weight, _bias);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
    }
}
