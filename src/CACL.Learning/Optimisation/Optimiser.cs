using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Optimisation;

/// <summary>
/// LARS or SGD with momentum (METHOD.md §7) over a network's parameters, without ever waiting for the device: norms and ratios stay
/// tensors. Its momentum buffers start at zero, which makes the first update the gradient itself. Owns its buffers.
/// </summary>
internal sealed class Optimiser : IDisposable
{
    private static readonly Lazy<TorchScript> Script = new(() => TorchScript.Load("Optimisation/optimiser"));

    private readonly OptimiserOptions _options;
    private readonly NetworkWeights _weights;
    private readonly Tensor _momentum;
    private readonly Tensor[] _views;
    private readonly Tensor[] _parameters;

    public Optimiser(NetworkWeights weights, OptimiserOptions options)
    {
        _options = options;
        _weights = weights;
        using var scope = NewDisposeScope();
        _momentum = zeros_like(weights.Parameters).DetachFromDisposeScope();
        _views = [.. weights.ParameterViews(_momentum)];
        _parameters = [.. weights.ParameterList];
        foreach (var view in _views) view.DetachFromDisposeScope();
    }

    /// <summary>All momentum buffers in one flat tensor. Owned by the optimiser.</summary>
    public Tensor All => _momentum;

    /// <summary>The momentum buffers, in the order and with the shapes of the network's parameters. Owned by the optimiser.</summary>
    public IReadOnlyList<Tensor> Momentum => _views;

    /// <summary>
    /// Takes one step along the gradients, one per parameter and in their order, which are consumed. rate [] float64; if finite [] bool is
    /// false, nothing changes.
    /// </summary>
    public void Step(IReadOnlyList<Tensor> gradients, Tensor rate, Tensor finite)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Script.Value.Call(
            "optimise", _parameters, gradients.ToArray(), _views, _weights.Parameters, _momentum, _options.Kind == OptimiserKind.Lars,
            _options.AdaptVectors, _options.WeightDecay, _options.Trust, _options.Epsilon,
            _options.Denominator == TrustDenominator.NormOfSum, _options.RateInMomentum, _options.Momentum, rate, finite);
    }

    public void Dispose()
    {
        foreach (var view in _views) view.Dispose();
        _momentum.Dispose();
    }
}
