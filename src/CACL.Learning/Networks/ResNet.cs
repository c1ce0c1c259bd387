using static TorchSharp.torch;
using PaddingModes = TorchSharp.PaddingModes;

namespace CACL.Learning.Networks;

/// <summary>
/// The forward pass of a backbone with output stride 8 (METHOD.md §4) over <see cref="NetworkWeights"/>. Channels-last
/// throughout. Holds no tensor of its own.
/// </summary>
public sealed class ResNet
{
    private readonly NetworkWeights _weights;
    private readonly Padding _padding;
    private readonly int _groups;
    private readonly bool _bottlenecks;
    private readonly BlockPlan[] _blocks;

    /// <summary>Creates a backbone over these weights, which stay the caller's.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="padding">Padding of the 3×3 and 7×7 convolutions.</param>
    /// <param name="groups">Number of groups of consecutive samples with batch statistics of their own.</param>
    public ResNet(NetworkWeights weights, Padding padding = Padding.Zeros, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        _weights = weights;
        _padding = padding;
        _groups = groups;
        _bottlenecks = ResNetPlan.HasBottlenecks(weights.Backbone);
        _blocks = [.. ResNetPlan.Blocks(weights.Backbone)];
    }

    /// <summary>
    /// Computes x [B,3,S,S] → [B,C,S/8,S/8], channels-last. In training, batch statistics are used and running statistics updated.
    /// </summary>
    public Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        x = ChannelsLast(x);
        x = Convolve(x, "conv1", stride: 2, dilation: 1, radius: 3);
        x = Normalise(x, "bn1", training).relu_();
        x = nn.functional.max_pool2d(x, [3, 3], [2, 2], [1, 1], [1, 1]);
        foreach (var block in _blocks) x = Forward(x, block, training);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Returns the same values laid out as [B,H,W,C] in memory.</summary>
    internal static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    // The block's own scope frees what autograd does not keep as soon as the block is done.
    private Tensor Forward(Tensor x, BlockPlan block, bool training)
    {
        using var scope = NewDisposeScope();
        Tensor y;
        if (_bottlenecks)
        {
            y = Convolve(x, $"{block.Name}.conv1", 1, 1, radius: 0);
            y = Normalise(y, $"{block.Name}.bn1", training).relu_();
            y = Convolve(y, $"{block.Name}.conv2", block.Stride, block.Dilation, radius: 1);
            y = Normalise(y, $"{block.Name}.bn2", training).relu_();
            y = Convolve(y, $"{block.Name}.conv3", 1, 1, radius: 0);
            y = Normalise(y, $"{block.Name}.bn3", training);
        }
        else
        {
            y = Convolve(x, $"{block.Name}.conv1", block.Stride, block.Dilation, radius: 1);
            y = Normalise(y, $"{block.Name}.bn1", training).relu_();
            y = Convolve(y, $"{block.Name}.conv2", 1, block.Dilation, radius: 1);
            y = Normalise(y, $"{block.Name}.bn2", training);
        }

        if (block.HasDownsample)
        {
            x = Convolve(x, $"{block.Name}.downsample.0", block.Stride, 1, radius: 0);
            x = Normalise(x, $"{block.Name}.downsample.1", training);
        }

        return y.add_(x).relu_().MoveToOuterDisposeScope();
    }

    private Tensor Convolve(Tensor x, string name, int stride, int dilation, int radius)
    {
        long border = radius * dilation;
        if (_padding == Padding.Reflect && border > 0)
        {
            x = ChannelsLast(nn.functional.pad(x, [border, border, border, border], PaddingModes.Reflect));
            border = 0;
        }

        return nn.functional.conv2d(x, _weights[$"{name}.weight"], null, [stride, stride], [border, border], [dilation, dilation], 1);
    }

    private Tensor Normalise(Tensor x, string name, bool training) => SplitBatchNorm.Apply(x, _weights, name, _groups, training);
}
