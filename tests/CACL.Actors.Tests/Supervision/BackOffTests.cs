using CACL.Actors.Contracts;
using CsCheck;

namespace CACL.Actors.Tests.Supervision;

public sealed class BackOffTests
{
    private static readonly Gen<TimeSpan> Waits = Gen.Long[1, TimeSpan.TicksPerDay].Select(TimeSpan.FromTicks);

    [Fact]
    public void The_wait_begins_at_the_least_doubles_and_stays_at_the_most() =>
        Gen.Select(Waits, Waits).Sample((min, more) =>
        {
            var backOff = new BackOff(min, min + more);
            Assert.Equal(min, backOff.After(1));
            for (var failures = 1; failures <= 20; failures++)
            {
                var doubled = 2 * backOff.After(failures);
                Assert.Equal(doubled < backOff.Max ? doubled : backOff.Max, backOff.After(failures + 1));
            }
        });

    [Fact]
    public void However_often_it_failed_the_wait_is_no_longer_than_the_most() =>
        Gen.Select(Waits, Waits, Gen.Int[1, int.MaxValue]).Sample((min, max, failures) =>
            Assert.InRange(new BackOff(min, max).After(failures), TimeSpan.FromTicks(Math.Min(min.Ticks, max.Ticks)), max));

    [Fact]
    public void Nothing_is_waited_for_that_has_not_failed() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)).After(0));
}
