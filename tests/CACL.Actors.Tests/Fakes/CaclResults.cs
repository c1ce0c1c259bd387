using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;

namespace CACL.Actors.Tests.Fakes;

/// <summary>Makes step results of CACL without a network.</summary>
internal static class CaclResults
{
    /// <summary>Metrics of the method with its default settings.</summary>
    public static CaclMetrics Metrics { get; } = new CaclOptions().Metrics;

    /// <summary>Returns a step result; a metric that is null belongs to a head that is off.</summary>
    public static StepResult Of(
        double loss, double? global = null, double? pixel = null, double? cycle = null, double? top1 = null, double? back = null,
        double rate = 0.1)
    {
        double?[] values = [global, pixel, cycle, top1, back];
        return new StepResult(
            loss, [.. Metrics.All.Zip(values).Where(m => m.Second is not null).Select(m => new Metric(m.First, m.Second!.Value))], rate);
    }

    /// <summary>Returns a step result with further metrics.</summary>
    public static StepResult With(StepResult result, params IEnumerable<(MetricSpec Spec, double Value)> metrics) =>
        result with { Metrics = [.. result.Metrics, .. metrics.Select(metric => new Metric(metric.Spec, metric.Value))] };
}
