using CACL.Actors.Contracts;
using CACL.Actors.Telemetry;
using CACL.Actors.Tests.Fakes;
using CACL.Learning.Methods;
using CACL.Runs.Steps;

namespace CACL.Actors.Tests.Telemetry;

public sealed class StepTimeMeterTests
{
    [Fact]
    public void Shares_are_those_of_the_whole_loops_time()
    {
        var meter = new StepTimeMeter();
        Assert.Null(meter.Figures);
        meter.Observe(Step(wait: 2, step: 6, new StepTimes(1, 2, 2.5, 0.5), snapshot: 0));
        meter.Observe(Step(wait: 0, step: 6, new StepTimes(1, 2, 2.5, 0.5), snapshot: 2));
        var figures = meter.Figures!;
        Assert.Equal((2, 7.0, 4.0), (figures.Steps, figures.ComputeSeconds, figures.Pairs));
        Assert.Equal(new TimeShares(2 / 16.0, 2 / 16.0, 4 / 16.0, 5 / 16.0, 1 / 16.0, 2 / 16.0), figures.Shares);
        Assert.Equal(1, figures.Shares.Parts.Sum(p => p.Share), 1e-12);
    }

    [Fact]
    public void Only_the_last_steps_count()
    {
        var meter = new StepTimeMeter();
        for (var i = 0; i < 100; i++) meter.Observe(Step(wait: 100, step: 1, default, 0));
        for (var i = 0; i < StepTimeMeter.Window; i++) meter.Observe(Step(wait: 0, step: 1, default, 0));
        Assert.Equal((StepTimeMeter.Window, 0.0), (meter.Figures!.Steps, meter.Figures.Shares.Data));
    }

    [Fact]
    public void Decode_times_are_a_mean_that_follows()
    {
        var meter = new DecodeTimeMeter();
        Assert.Null(meter.SecondsPerPair);
        foreach (var seconds in new[] { 1.0, 2, 3 }) meter.Observe(TimeSpan.FromSeconds(seconds));
        Assert.Equal(2, meter.SecondsPerPair!.Value, 1e-12);
        for (var i = 0; i < 20 * DecodeTimeMeter.Window; i++) meter.Observe(TimeSpan.FromSeconds(5));
        Assert.Equal(5, meter.SecondsPerPair!.Value, 1e-6);
    }

    private static StepMetrics Step(double wait, double step, StepTimes times, double snapshot) =>
        new(1, 0.1, CaclResults.Of(1), step, wait, 4) { Times = times, SnapshotSeconds = snapshot };
}
