using System.Text.Json.Nodes;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Evaluations;
using CACL.Runs.Steps;
using CsCheck;

namespace CACL.Runs.Tests.Evaluations;

public sealed class MetricConditionTests
{
    private static readonly IReadOnlyList<string> Names = MetricsLine.Names(CaclResults.Metrics.All);

    [Theory]
    [InlineData("loss < 4.2", "loss < 4.2")]
    [InlineData("  top1_global>=2e-1 ", "top1_global >= 0.2")]
    [InlineData("cycle_back > .5", "cycle_back > 0.5")]
    public void A_condition_has_one_spelling(string text, string spelling)
    {
        Assert.True(MetricCondition.TryParse(text, Names, out var condition, out var fault), fault);
        Assert.Equal(spelling, condition!.ToString());
    }

    [Theory]
    [InlineData("loss", "NAME < NUMBER")]
    [InlineData("loss = 3", "NAME < NUMBER")]
    [InlineData("loss < many", "NAME < NUMBER")]
    [InlineData("loss < 1e999", "NAME < NUMBER")]
    [InlineData("miou > 0.5", "top1_global")]
    public void What_is_none_is_told(string text, string words)
    {
        Assert.False(MetricCondition.TryParse(text, Names, out _, out var fault));
        Assert.Contains(words, fault);
    }

    [Fact]
    public void Every_figure_of_a_step_can_be_named()
    {
        var metrics = CaclResults.Metrics;
        var result = CaclResults.With(
            CaclResults.Of(1, 2, 3, 4, 0.5, 0.6),
            [.. metrics.Spread.Values.Concat(metrics.FrameSpread.Values).Append(metrics.TargetEntropy).Select(metric => (metric, 0.5))]);
        var line = MetricsLine.Of(new StepMetrics(1, 0.1, result, 1, 1, 4));
        Assert.Equal(line.Select(f => f.Key).Where(key => key != "step"), Names);
        foreach (var name in Names)
        {
            Assert.True(MetricCondition.TryParse($"{name} > -1", Names, out var condition, out _));
            var watch = new ConditionWatch([condition!]);
            Assert.Contains(Enumerable.Range(0, ConditionWatch.Steps), _ => watch.Observe(line).Count == 1);
        }
    }

    [Fact]
    public void It_speaks_exactly_when_the_mean_of_the_last_steps_crosses_the_mark() =>
        Gen.Double[0, 2].Array[0, 120].Sample(values =>
        {
            Assert.True(MetricCondition.TryParse("loss < 1", Names, out var condition, out _));
            var watch = new ConditionWatch([condition!]);
            var held = false;
            for (var i = 0; i < values.Length; i++)
            {
                var holds = i + 1 >= ConditionWatch.Steps && values[(i + 1 - ConditionWatch.Steps)..(i + 1)].Average() < 1;
                Assert.Equal(holds && !held, watch.Observe(new JsonObject { ["loss"] = values[i] }).Count == 1);
                held = holds;
            }
        });
}
