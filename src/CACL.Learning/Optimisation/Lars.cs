using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Optimisation;

/// <summary>
/// LARS (METHOD.md §7) over a network's parameters, without ever waiting for the device: norms and ratios stay tensors. Its momentum
/// buffers start at zero, which makes the first update the gradient itself. Owns its buffers.
/// </summary>
internal sealed class Lars : IDisposable
{
    private readonly LarsOptions _options;
    private readonly NetworkWeights _weights;
    private readonly Tensor _momentum;
    private readonly List<Tensor> _views;

    public Lars(NetworkWeights weights, LarsOptions options)
    {
        _options = options;
        _weights = weights;
        using var scope = NewDisposeScope();
        _momentum = zeros_like(weights.Parameters).DetachFromDisposeScope();
        _views = weights.ParameterViews(_momentum);
        foreach (var view in _views) view.DetachFromDisposeScope();
    }

    /// <summary>The momentum buffers, in the order and with the shapes of the network's parameters. Owned by the optimiser.</summary>
    public IReadOnlyList<Tensor> Momentum => _views;

    /// <summary>
    /// Takes one step: g ← (g + λw)·trust·‖w‖/(‖g‖ + λ‖w‖ + ε) for matrices, buf ← momentum·buf + g, w ← w − rate·buf. The gradients, one
    /// per parameter and in their order, are consumed.
    /// </summary>
    public void Step(IReadOnlyList<Tensor> gradients, double learningRate)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var adapted = Enumerable.Range(0, gradients.Count).Where(i => _options.AdaptVectors || gradients[i].Dimensions > 1).ToList();
        var ratios = Ratios([.. adapted.Select(i => _weights.ParameterList[i])], [.. adapted.Select(i => gradients[i])]);
        for (var k = 0; k < adapted.Count; k++)
        {
            gradients[adapted[k]].add_(_weights.ParameterList[adapted[k]], _options.WeightDecay).mul_(ratios[k]);
        }

        _momentum.mul_(_options.Momentum);
        for (var i = 0; i < gradients.Count; i++) _views[i].add_(gradients[i]);
        _weights.Parameters.add_(_momentum, -learningRate);
    }

    public void Dispose()
    {
        foreach (var view in _views) view.Dispose();
        _momentum.Dispose();
    }

    private Tensor[] Ratios(Tensor[] weights, Tensor[] gradients)
    {
        if (weights.Length == 0) return [];
        var weight = stack([.. weights.Select(w => w.norm())]);
        var gradient = stack([.. gradients.Select(g => g.norm())]);
        var ratio = weight * _options.Trust / (gradient + (weight * _options.WeightDecay) + _options.Epsilon);
        // Where either norm is 0, the factor is 1.
        return where(weight.gt(0).logical_and(gradient.gt(0)), ratio, ones_like(ratio)).unbind();
    }
}
