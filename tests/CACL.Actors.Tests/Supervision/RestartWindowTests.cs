using CACL.Actors.Supervision;
using CACL.Actors.Tests.Fakes;
using CsCheck;

namespace CACL.Actors.Tests.Supervision;

public sealed class RestartWindowTests
{
    [Fact]
    public void One_is_too_many_exactly_where_the_window_before_it_holds_as_many_as_it_may() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 30], Gen.Int[0, 20].Array[1, 30]).Sample((most, seconds, pauses) =>
        {
            var clock = new StandingClock();
            var window = new RestartWindow(most, TimeSpan.FromSeconds(seconds), clock);
            var times = new List<int>();
            var now = 0;
            foreach (var pause in pauses)
            {
                clock.Jump(TimeSpan.FromSeconds(pause));
                now += pause;
                times.Add(now);
                var within = times.Count(time => now - time <= seconds);
                Assert.Equal(within <= most, window.Add());
                Assert.Equal(within, window.Count);
            }
        });

    [Fact]
    public void Without_a_length_restarts_count_until_it_is_cleared()
    {
        var clock = new StandingClock();
        var window = new RestartWindow(2, Timeout.InfiniteTimeSpan, clock);
        for (var i = 0; i < 2; i++)
        {
            Assert.True(window.Add());
            clock.Jump(TimeSpan.FromDays(100));
            Assert.True(window.Add());
            Assert.False(window.Add());
            window.Clear();
            Assert.Equal(0, window.Count);
        }
    }

    [Fact]
    public void A_wall_clock_that_is_set_changes_nothing()
    {
        var clock = new StandingClock();
        var window = new RestartWindow(1, TimeSpan.FromMinutes(1), clock);
        Assert.True(window.Add());
        clock.SetWallClock(DateTimeOffset.UnixEpoch.AddYears(100));
        Assert.False(window.Add());
    }
}
