using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Optimisation;

/// <summary>
/// LARS (METHOD.md §7) over a network's parameters, without ever waiting for the device: norms and ratios stay tensors. Its momentum
/// buffers start at zero, which makes the first update the gradient itself. Owns its buffers.
/// </summary>
internal sealed class Lars : IDisposable
{
    private static readonly Lazy<TorchScript> Script = new(() => TorchScript.Load("Optimisation/lars"));

    private readonly LarsOptions _options;
    private readonly NetworkWeights _weights;
    private readonly Tensor _momentum;
    private readonly Tensor[] _views;
    private readonly Tensor[] _parameters;

    public Lars(NetworkWeights weights, LarsOptions options)
    {
        _options = options;
        _weights = weights;
        using var scope = NewDisposeScope();
        _momentum = zeros_like(weights.Parameters).DetachFromDisposeScope();
        _views = [.. weights.ParameterViews(_momentum)];
        _parameters = [.. weights.ParameterList];
        foreach (var view in _views) view.DetachFromDisposeScope();
    }

    /// <summary>The momentum buffers, in the order and with the shapes of the network's parameters. Owned by the optimiser.</summary>
    public IReadOnlyList<Tensor> Momentum => _views;

    /// <summary>
    /// Takes one step: g ← (g + λw)·trust·‖w‖/(‖g‖ + λ‖w‖ + ε) for matrices, buf ← momentum·buf + g, w ← w − rate·buf. The gradients, one
    /// per parameter and in their order, are consumed. rate [] float64; if finite [] bool is false, nothing changes.
    /// </summary>
    public void Step(IReadOnlyList<Tensor> gradients, Tensor rate, Tensor finite)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Script.Value.Call(
            "lars", _parameters, gradients.ToArray(), _views, _weights.Parameters, _momentum, _options.AdaptVectors, _options.WeightDecay,
            _options.Trust, _options.Epsilon, _options.Momentum, rate, finite);
    }

    public void Dispose()
    {
        foreach (var view in _views) view.Dispose();
        _momentum.Dispose();
    }
}
