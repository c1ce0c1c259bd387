using CACL.Http.Logging;
using CsCheck;

namespace CACL.Http.Tests.Logging;

/// <summary>Writes lines that callers can cause as often as they like.</summary>
public sealed class LogLimitTests
{
    private static readonly Gen<bool[]> Histories = Gen.Bool.Array[0, 200];

    [Fact]
    public void The_first_is_written_at_once_and_the_rest_of_a_minute_as_one()
    {
        var clock = new HandClock();
        var written = new List<(string Text, int Count)>();
        using var limit = new LogLimit(clock);
        for (var i = 0; i < 1000; i++) limit.Write("refused", Line($"refused {i}"));
        limit.Write("failed", Line("failed"));
        Assert.Equal([("refused 0", 1), ("failed", 1)], written);
        clock.Pass(LogLimit.Window);
        Assert.Equal(("refused 999", 999), written[2]);
        // After a quiet minute the limit starts anew.
        clock.Pass(LogLimit.Window);
        clock.Pass(LogLimit.Window);
        Assert.Equal((3, 0), (written.Count, clock.Timers));
        limit.Write("refused", Line("refused again"));
        Assert.Equal(("refused again", 1), written[3]);

        Action<int> Line(string text) => count => written.Add((text, count));
    }

    [Fact]
    public void None_is_lost_and_there_is_no_more_than_one_a_minute_beside_the_first() =>
        Histories.Sample(history =>
        {
            var clock = new HandClock();
            var counts = new List<int>();
            var (lines, minutes) = (0, 0);
            using (var limit = new LogLimit(clock))
            {
                foreach (var isLine in history)
                {
                    if (isLine) limit.Write("kind", counts.Add);
                    else clock.Pass(LogLimit.Window);
                    if (isLine) lines++;
                    else minutes++;
                }
            }

            Assert.Equal(lines, counts.Sum());
            Assert.DoesNotContain(0, counts);
            // Two at the end: a first one, and what was left when it ended.
            Assert.InRange(counts.Count, Math.Min(lines, 1), minutes + 2);
            Assert.Equal(0, clock.Timers);
        });

    /// <summary>A clock that a test sets; it fires its timers.</summary>
    private sealed class HandClock : TimeProvider
    {
        private readonly List<Timer> _timers = [];

        public int Timers => _timers.Count;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(dueTime, period);
            var timer = new Timer(this, () => callback(state), period);
            _timers.Add(timer);
            return timer;
        }

        public void Pass(TimeSpan time)
        {
            foreach (var timer in _timers.ToList()) timer.Pass(time);
        }

        private sealed class Timer(HandClock clock, Action ring, TimeSpan period) : ITimer
        {
            private TimeSpan _passed;

            public void Pass(TimeSpan time)
            {
                for (_passed += time; _passed >= period && clock._timers.Contains(this); _passed -= period) ring();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose() => clock._timers.Remove(this);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
