using CACL.Learning.Ranks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>A step's losses and shares, while they are still on the device.</summary>
internal sealed class StepLosses
{
    private readonly List<(MetricSpec Spec, Tensor Value)> _losses = [];
    private readonly List<(MetricSpec Spec, Tensor Value)> _shares = [];

    /// <summary>Adds a metric; metrics of one kind are added in the method's order.</summary>
    public void Add(MetricSpec spec, Tensor value) => (spec.Kind == MetricKind.Loss ? _losses : _shares).Add((spec, value));

    /// <summary>Returns the weighted sum of the losses, with gradient.</summary>
    public Tensor Total(StepScalars scalars)
    {
        using var scope = NewDisposeScope();
        return _losses.Select(loss => loss.Value.mul(scalars.WeightOf(loss.Spec.Head)))
            .Aggregate((sum, loss) => sum + loss)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Returns all numbers in one tensor, each the mean over the ranks, and whether the losses are finite.</summary>
    public StepFigures Figures(StepScalars scalars, ITensorCollectives ranks)
    {
        using var scope = NewDisposeScope();
        List<(MetricSpec Spec, Tensor Value)> all = [.. _losses, .. _shares];
        var numbers = stack([.. all.Select(metric => metric.Value.detach().to(float64))]);
        ranks.Average(numbers, "averaging the losses");
        var weights = stack([.. _losses.Select(loss => scalars.WeightOf(loss.Spec.Head))]);
        var finite = MomentumScripts.Functions.Call("is_finite", numbers.narrow(0, 0, _losses.Count), weights);
        return new StepFigures(
            [.. all.Select(metric => metric.Spec)], numbers.MoveToOuterDisposeScope(), finite.MoveToOuterDisposeScope());
    }
}
