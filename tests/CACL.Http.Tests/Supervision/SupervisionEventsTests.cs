using CACL.Http.Supervision;
using Serilog;
using Serilog.Events;

namespace CACL.Http.Tests.Supervision;

public sealed class SupervisionEventsTests
{
    [Fact]
    public void Decisions_are_kept_with_the_actor_they_are_about_and_nothing_else_is()
    {
        var events = new SupervisionEvents();
        using var log = new LoggerConfiguration().WriteTo.Sink(events).CreateLogger();
        log.Information("Checkpoint {Path} written", "x");
        log.Warning("Supervision: {Actor} failed: {Cause}. Decision: restarted", "decoder-2", "bug");
        log.ForContext("LogSource", "[akka://cacl/user/run/decoders-1#42]")
            .Error("Supervision: {Message} Decision: end the run", "too much.");
        var kept = events.Since(0);
        Assert.Equal(
            [
                (1L, LogEventLevel.Warning, "decoder-2", "decoder-2 failed: bug. Decision: restarted"),
                (2L, LogEventLevel.Error, "run/decoders-1", "too much. Decision: end the run")],
            kept.Select(e => (e.Number, e.Level, e.Actor, e.Text)));
        Assert.Equal(2, Assert.Single(events.Since(1)).Number);
        Assert.Empty(events.Since(2));
    }

    [Fact]
    public void The_last_five_hundred_are_kept()
    {
        var events = new SupervisionEvents();
        using var log = new LoggerConfiguration().WriteTo.Sink(events).CreateLogger();
        for (var i = 0; i < 700; i++) log.Warning("Supervision: {Number}", i);
        Assert.Equal((500, 201L, 700L), (events.Since(0).Count, events.Since(0)[0].Number, events.Newest));
    }
}
