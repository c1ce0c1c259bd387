using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>What a step found, while it is still on the device.</summary>
/// <param name="Specs">The metrics, losses first.</param>
/// <param name="Numbers">Their values, [n] float64.</param>
/// <param name="Finite">Whether the losses are finite, [] bool: whether the step changed anything.</param>
internal sealed record StepFigures(IReadOnlyList<MetricSpec> Specs, Tensor Numbers, Tensor Finite)
{
    /// <summary>Returns the step's result from the numbers on the host.</summary>
    public static StepResult Result(IReadOnlyList<MetricSpec> specs, IReadOnlyList<double> numbers, LossWeights weights, double rate)
    {
        Metric[] metrics = [.. specs.Zip(numbers, (spec, number) => new Metric(spec, number))];
        var loss = metrics.Where(metric => metric.Spec.Kind == MetricKind.Loss).Sum(metric => metric.Value * weights[metric.Spec.Head]);
        return new StepResult(loss, metrics, rate);
    }
}
