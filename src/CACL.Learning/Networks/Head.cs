using CACL.Learning.Methods.Cacl;
using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>
/// A head: 1×1 convolution C→C, ReLU, 1×1 convolution C→128, both with bias (METHOD.md §4). It sees one position at a time,
/// so it is computed as products of matrices over rows, one row a position.
/// </summary>
internal static class Head
{
    /// <summary>rows [R,C] → [R,128], not normalised.</summary>
    public static Tensor Forward(Tensor rows, NetworkWeights weights, Heads head)
    {
        using var scope = NewDisposeScope();
        var name = $"head_{NetworkShapes.NameOf(head)}";
        var hidden = Linear(rows, weights, $"{name}.0").relu_();
        return Linear(hidden, weights, $"{name}.2").MoveToOuterDisposeScope();
    }

    private static Tensor Linear(Tensor rows, NetworkWeights weights, string layer) =>
        addmm(weights[$"{layer}.bias"], rows, weights[$"{layer}.weight"].flatten(1).t(), 1, 1);
}
