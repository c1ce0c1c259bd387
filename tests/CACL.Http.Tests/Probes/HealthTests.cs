using CACL.Actors.Contracts;
using CACL.Actors.Telemetry;
using CACL.Http.Probes;
using CACL.Testing;
using CsCheck;

namespace CACL.Http.Tests.Probes;

public sealed class HealthTests
{
    private static readonly HealthOptions Options = new()
    {
        StepAge = TimeSpan.FromSeconds(300),
        CheckpointAge = TimeSpan.FromHours(1)
    };

    private static readonly HealthFacts Well = new(
        LoopPhase.InStep, 120, TimeSpan.FromSeconds(3), TimeSpan.FromHours(5), (100, TimeSpan.FromMinutes(2)), 2);

    private static readonly Gen<HealthFacts> AllFacts = Gen.Select(
        Gen.OneOf(Gen.Enum<LoopPhase>().Select(p => (LoopPhase?)p), Gen.Const((LoopPhase?)null)),
        Gen.Long[0, 1000],
        Gen.TimeSpan[TimeSpan.Zero, TimeSpan.FromHours(3)],
        Gen.Long[0, 2000],
        Gen.TimeSpan[TimeSpan.Zero, TimeSpan.FromHours(3)],
        Gen.Int[-1, 3],
        (phase, step, time, saved, age, decoders) =>
            new HealthFacts(phase, step, time, age, saved > 1000 ? null : (saved, age), decoders < 0 ? null : decoders));

    private readonly Health _health = new(Options, new RunInstruments(), TimeProvider.System);

    [Fact]
    public void Before_it_begins_it_is_alive_and_not_ready()
    {
        Assert.Null(_health.Facts(null, 0));
        Assert.True(Assert.Single(_health.Live(null)).Ok);
        Assert.False(Assert.Single(_health.Ready(null)).Ok);
    }

    [Fact]
    public void A_run_that_does_well_says_so()
    {
        Each.Holds(_health.Live(Well), c => Assert.True(c.Ok));
        Assert.Equal(["step", "checkpoint", "decoders"], _health.Ready(Well).Select(c => c.Name));
        Each.Holds(_health.Ready(Well), c => Assert.True(c.Ok));
    }

    [Theory]
    [InlineData(LoopPhase.WaitingForData, "waits for data: the decoders deliver nothing")]
    [InlineData(LoopPhase.InStep, "a step is being computed")]
    [InlineData(LoopPhase.Copying, "the state is being copied")]
    [InlineData(LoopPhase.Starting, "the state is being built")]
    public void No_step_for_too_long_is_told_with_what_it_does(LoopPhase phase, string words)
    {
        var check = Assert.Single(_health.Live(Well with { Phase = phase, SinceStep = TimeSpan.FromSeconds(301) }));
        Assert.False(check.Ok);
        Assert.Equal("No step was finished for 301 s, longer than cacl.telemetry.health.step-age (300 s); "
            + $"{(phase == LoopPhase.WaitingForData ? "it " : "")}{words}.", check.Text);
    }

    [Theory]
    [InlineData(LoopPhase.Paused)]
    [InlineData(LoopPhase.Ended)]
    public void A_run_that_is_held_or_over_needs_no_steps(LoopPhase phase) =>
        Each.Holds(_health.Ready(Well with { Phase = phase, SinceStep = TimeSpan.FromDays(1) }), c => Assert.True(c.Ok));

    [Fact]
    public void Actors_that_do_not_answer_are_no_life() => Assert.False(_health.Live(Well with { Phase = null })[0].Ok);

    [Fact]
    public void An_old_checkpoint_is_told_unless_nothing_was_done_since()
    {
        var old = Well with { Saved = (100, TimeSpan.FromHours(2)) };
        Assert.False(Check(old).Ok);
        Assert.Contains(
            "of step 100, is 7200 s old, older than cacl.telemetry.health.checkpoint-age (3600 s)", Check(old).Text,
            StringComparison.Ordinal);
        Assert.True(Check(old with { Step = 100 }).Ok);
        // A run resumed after a week has lost nothing yet.
        Assert.True(Check(old with { Saved = (100, TimeSpan.FromDays(7)), SinceBegin = TimeSpan.FromMinutes(5) }).Ok);
        Assert.False(Check(old with { Saved = null }).Ok);
        Assert.True(Check(old with { Saved = null, SinceBegin = TimeSpan.FromMinutes(5) }).Ok);

        HealthCheck Check(HealthFacts facts) => _health.Ready(facts).Single(c => c.Name == "checkpoint");
    }

    [Fact]
    public void Dead_decoders_are_told()
    {
        var check = _health.Ready(Well with { Decoders = 0 }).Single(c => c.Name == "decoders");
        Assert.False(check.Ok);
        Assert.StartsWith("No decoder is alive", check.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_wait_begins_anew_when_a_pause_is_over()
    {
        var clock = new SetClock();
        using var instruments = new RunInstruments(clock);
        var health = new Health(Options, instruments, clock);
        health.Begin();
        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(health.Live(health.Facts(LoopPhase.InStep, 5))[0].Ok);
        Assert.True(health.Live(health.Facts(LoopPhase.Paused, 5))[0].Ok);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(health.Live(health.Facts(LoopPhase.InStep, 5))[0].Ok);
    }

    [Fact]
    public void Whatever_the_facts_no_path_is_told_since_anybody_may_ask() =>
        AllFacts.Sample(facts =>
        {
            HealthCheck[] checks = [.. _health.Live(facts), .. _health.Ready(facts), .. _health.Live(null), .. _health.Ready(null)];
            foreach (var check in checks)
            {
                Assert.DoesNotContain('/', check.Text);
                Assert.DoesNotContain(Environment.MachineName, check.Text, StringComparison.OrdinalIgnoreCase);
            }
        });

    private sealed class SetClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
