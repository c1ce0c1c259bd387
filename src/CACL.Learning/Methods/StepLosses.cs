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
    public Tensor Total(LossWeights weights)
    {
        using var scope = NewDisposeScope();
        return _losses.Select(loss => loss.Value.mul(weights[loss.Spec.Head]))
            .Aggregate((sum, loss) => sum + loss)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Transfers all numbers to the host at once: the step's only wait for the device.</summary>
    public StepResult ToHost(LossWeights weights, double learningRate)
    {
        using var scope = NewDisposeScope();
        List<(MetricSpec Spec, Tensor Value)> all = [.. _losses, .. _shares];
        var numbers = stack([.. all.Select(metric => metric.Value.detach().to(float64))]).cpu().data<double>().ToArray();
        Metric[] metrics = [.. all.Zip(numbers, (metric, number) => new Metric(metric.Spec, number))];
        var loss = metrics.Take(_losses.Count).Sum(metric => metric.Value * weights[metric.Spec.Head]);
        return new StepResult(loss, metrics, learningRate);
    }
}
