using System.Text.Json;
using CACL.Actors.Tests.Fakes;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Steps;

namespace CACL.Runs.Tests.Steps;

public sealed class RecordedStepTests
{
    [Theory]
    [InlineData("""{"step":1,"loss":3,"loss_global":1,"loss_pixel":2,"top1_global":0.5}""", 0.0)]
    [InlineData("""{"step":1,"loss":3,"loss_global":1.25,"loss_pixel":2,"top1_global":0.5}""", 0.25)]
    [InlineData("""{"step":1,"loss":3,"loss_global":1,"loss_pixel":2}""", double.NaN)]
    [InlineData("""{"step":1,"loss":3,"loss_global":1,"loss_pixel":2,"top1_global":0.5,"cycle_back":0.5}""", double.NaN)]
    [InlineData("""{"step":1,"loss_global":1,"loss_pixel":2,"top1_global":0.5}""", double.NaN)]
    public void A_figure_that_only_one_of_the_two_has_is_a_difference(string line, double difference)
    {
        var recorded = new RecordedStep(JsonDocument.Parse(line).RootElement);
        Assert.Equal(difference, recorded.DifferenceFrom(CaclResults.Of(3, global: 1, pixel: 2, top1: 0.5), CaclResults.Metrics.All));
    }

    [Theory]
    [InlineData("""{"step":1,"loss":3,"loss_global":1}""", 0.0)]
    [InlineData("""{"step":1,"loss":3,"loss_global":1,"spread_global":0.5}""", 0.0)]
    [InlineData("""{"step":1,"loss":3,"loss_global":1,"spread_global":0.75}""", 0.25)]
    [InlineData("""{"step":1,"loss":3,"loss_global":1,"spread_global":0.5,"spread_pixel":0.5}""", double.NaN)]
    public void A_line_of_a_program_that_did_not_measure_spreads_differs_in_nothing(string line, double difference)
    {
        var recorded = new RecordedStep(JsonDocument.Parse(line).RootElement);
        var result = CaclResults.With(CaclResults.Of(3, global: 1), (CaclResults.Metrics.Spread[Heads.Global], 0.5));
        Assert.Equal(difference, recorded.DifferenceFrom(result, CaclResults.Metrics.All));
    }
}
