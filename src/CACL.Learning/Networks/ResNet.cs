using System.Collections.Concurrent;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>
/// The forward pass of a backbone with output stride 8 (METHOD.md §4) over <see cref="NetworkWeights"/>. Channels-last
/// throughout. Holds no tensor of its own.
/// </summary>
public sealed class ResNet
{
    private static readonly ConcurrentDictionary<Backbone, TorchScript> Scripts = [];

    private readonly TorchScript _script;
    private readonly Tensor[] _tensors;
    private readonly Tensor[] _minimal;
    private readonly ScalarType _type;
    private readonly bool _reflects;
    private readonly int _groups;

    /// <summary>Creates a backbone over these weights, which stay the caller's.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="padding">Padding of the 3×3 and 7×7 convolutions.</param>
    /// <param name="groups">Number of groups of consecutive samples with batch statistics of their own.</param>
    public ResNet(NetworkWeights weights, Padding padding = Padding.Zeros, int groups = 1)
        : this(weights, minimal: null, padding, groups)
    {
    }

    /// <summary>
    /// Creates one whose 3×3 convolutions are computed with <see cref="Winograd"/>'s transforms, or directly if there are none.
    /// </summary>
    internal ResNet(NetworkWeights weights, Tensor[]? minimal, Padding padding = Padding.Zeros, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        _script = Scripts.GetOrAdd(weights.Backbone, Script);
        _tensors = [.. Layers(weights.Backbone).SelectMany(layer => TensorsOf(weights, layer.Convolution, layer.Normalisation))];
        _type = weights.FactorType;
        _reflects = padding == Padding.Reflect;
        _groups = groups;
        _minimal = minimal ?? Winograd.For(weights.Parameters.device, weights.Precision);
    }

    /// <summary>
    /// Computes x [B,3,S,S] → [B,C,S/8,S/8], channels-last, in the type of the weights' factors. In training, batch statistics are used
    /// and running statistics updated.
    /// </summary>
    public Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        SplitBatchNorm.Check(x, _groups, training);
        return _script.Call("resnet", x.to(_type), _tensors, _groups, training, _reflects, _minimal);
    }

    // Which convolutions there are, each with its normalisation, in the order in which the script takes their tensors.
    private static IEnumerable<(string Convolution, string Normalisation)> Layers(Backbone backbone)
    {
        yield return ("conv1", "bn1");
        foreach (var block in ResNetPlan.Blocks(backbone))
        {
            for (var i = 1; i <= (ResNetPlan.HasBottlenecks(backbone) ? 3 : 2); i++)
                yield return ($"{block.Name}.conv{i}", $"{block.Name}.bn{i}");
            if (block.HasDownsample) yield return ($"{block.Name}.downsample.0", $"{block.Name}.downsample.1");
        }
    }

    private static IEnumerable<Tensor> TensorsOf(NetworkWeights weights, string convolution, string normalisation) =>
        [weights.Factor($"{convolution}.weight"), .. SplitBatchNorm.TensorsOf(weights, normalisation)];

    private static TorchScript Script(Backbone backbone)
    {
        var blocks = ResNetPlan.Blocks(backbone)
            .Select(block => $"[{block.Stride}, {block.Dilation}, {(block.HasDownsample ? 1 : 0)}]");
        var plan = $"""
            def blocks() -> List[List[int]]:
                return [{string.Join(", ", blocks)}]

            def bottlenecks() -> bool:
                return {(ResNetPlan.HasBottlenecks(backbone) ? "True" : "False")}
            """;
        return TorchScript.LoadWith(plan, "Networks/split_batch_norm", "Networks/winograd", "Networks/resnet");
    }
}
