using CACL.Learning.Optimisation;
using CACL.Testing;
using CsCheck;

namespace CACL.Learning.Tests.Optimisation;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void It_rises_to_its_base_falls_from_there_and_stays_between_0_and_it() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[0, 50], Gen.Double[0.01, 2]).Sample((total, warmup, peak) =>
        {
            var schedule = new LearningRateSchedule(peak, total + warmup, warmup);
            var rates = Enumerable.Range(0, total + warmup).Select(step => schedule.At(step)).ToList();
            Each.Holds(rates, rate => Assert.InRange(rate, 0, peak * (1 + 1e-12)));
            Assert.Equal(peak, rates[warmup], 1e-12);
            Assert.Equal(rates.Take(warmup).Order(), rates.Take(warmup));
            Assert.Equal(rates.Skip(warmup).OrderDescending(), rates.Skip(warmup));
        });

    [Fact]
    public void Half_way_through_the_cosine_it_is_half_its_base() => Assert.Equal(0.5, new LearningRateSchedule(1, 110, 10).At(60), 1e-12);

    [Fact]
    public void Scaled_to_the_papers_batch_it_is_the_papers_rate()
    {
        Assert.Equal(1, new LearningRateSchedule(1, 10).ScaledTo(512).Base);
        Assert.Equal(0.03125, new LearningRateSchedule(1, 10).ScaledTo(16).Base);
    }
}
