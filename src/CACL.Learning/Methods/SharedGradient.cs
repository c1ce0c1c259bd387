using CACL.Learning.Networks;
using CACL.Learning.Ranks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// The gradient and the running statistics of a step, averaged over the ranks in a single exchange: one flat buffer, laid out like the
/// network's parameters, with the statistics of all networks behind them. Each rank's statistics are the mean over its own groups, and the
/// mean of these is that over all groups (METHOD.md §6). Owns its memory.
/// </summary>
internal sealed class SharedGradient : IDisposable
{
    private const string What = "averaging the gradient";

    private readonly IReadOnlyList<NetworkWeights> _networks;
    private readonly ITensorCollectives _ranks;
    private readonly Tensor _all;
    private readonly Tensor[] _gradients;
    private readonly Tensor[] _statistics;

    /// <summary>Creates the buffer.</summary>
    /// <param name="networks">The network that is trained, then the others whose statistics a step changes.</param>
    /// <param name="ranks">The ranks.</param>
    public SharedGradient(IReadOnlyList<NetworkWeights> networks, ITensorCollectives ranks)
    {
        (_networks, _ranks) = (networks, ranks);
        var parameters = networks[0].Parameters;
        using var scope = NewDisposeScope();
        var length = parameters.numel() + networks.Sum(network => network.Statistics.numel());
        _all = zeros(length, parameters.dtype, parameters.device).DetachFromDisposeScope();
        _gradients = [.. networks[0].ParameterViews(_all.narrow(0, 0, parameters.numel()))];
        foreach (var view in _gradients) view.DetachFromDisposeScope();
        _statistics = new Tensor[networks.Count];
        var at = parameters.numel();
        for (var i = 0; i < networks.Count; i++)
        {
            var count = networks[i].Statistics.numel();
            _statistics[i] = _all.narrow(0, at, count).DetachFromDisposeScope();
            at += count;
        }
    }

    /// <summary>Averages the gradients and, in place, the networks' running statistics.</summary>
    /// <param name="gradients">This rank's, one a parameter and in their order.</param>
    /// <returns>The means, which the next call overwrites.</returns>
    public IReadOnlyList<Tensor> Average(IReadOnlyList<Tensor> gradients)
    {
        using var _ = no_grad();
        for (var i = 0; i < gradients.Count; i++) _gradients[i].copy_(gradients[i]);
        for (var i = 0; i < _networks.Count; i++) _statistics[i].copy_(_networks[i].Statistics);
        _ranks.Average(_all, What);
        // From here on, parameters change, which a lost rank could no longer undo.
        _ranks.Finish(What);
        for (var i = 0; i < _networks.Count; i++) _networks[i].Statistics.copy_(_statistics[i]);
        return _gradients;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in _gradients.Concat(_statistics)) view.Dispose();
        _all.Dispose();
    }
}
