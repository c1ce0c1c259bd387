using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CACL.Actors.Telemetry;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Actors.Tests.Telemetry;

/// <summary>Checks what a complete run records in its instruments.</summary>
public sealed class RunInstrumentsTests
{
    [Fact]
    public async Task A_run_counts_its_steps_pairs_failures_restarts_and_checkpoints()
    {
        using var instruments = new RunInstruments();
        using var heard = new Heard(instruments);
        var crashes = 0;
        using var run = new FakeRun { Instruments = instruments, Videos = new FakeVideos { Broken = [3] } };
        run.Videos.Before = id =>
        {
            if (id == 7 && Interlocked.Increment(ref crashes) == 1) throw new InvalidOperationException("a crash");
        };
        run.InNoHurry(evaluated: false);
        var outcome = await run.RunAsync();
        Assert.Equal(RunEnd.Completed, outcome.End);
        Assert.Equal(12, heard.Sum("cacl.steps"));
        Assert.Equal(48, heard.Sum("cacl.pairs"));
        Assert.Equal(12, heard.Sum("cacl.run.planned_steps"));
        Assert.Equal(12, heard.Count("cacl.step.duration"));
        Assert.True(heard.Sum("cacl.decode.failures", "reason", "corrupt") >= 1);
        Assert.Equal(1, heard.Sum("cacl.actor.restarts", "actor", "decoder"));
        Assert.Equal(3, heard.Sum("cacl.checkpoints"));
        Assert.True(heard.Count("cacl.decode.duration") >= 48);
        Assert.Equal(12, instruments.LastSaved!.Value.Step);
        Assert.Equal(12, instruments.Steps.Figures!.Steps);
        Assert.NotNull(instruments.Decoding.SecondsPerPair);
        Each.Holds(heard.Labels, label => Assert.DoesNotContain("/", label, StringComparison.Ordinal));
    }

    [Fact]
    public void A_wall_clock_that_is_set_makes_a_checkpoint_neither_older_nor_younger()
    {
        var clock = new StandingClock();
        using var instruments = new RunInstruments(clock);
        instruments.ResumedFrom(4, clock.GetUtcNow() - TimeSpan.FromHours(1));
        clock.Jump(TimeSpan.FromHours(2));
        Assert.Equal((4, TimeSpan.FromHours(3)), instruments.LastSaved);
        instruments.Saved(5, clock.GetUtcNow());
        clock.SetWallClock(DateTimeOffset.UnixEpoch.AddYears(40));
        clock.Jump(TimeSpan.FromMinutes(3));
        Assert.Equal((5, TimeSpan.FromMinutes(3)), instruments.LastSaved);
        clock.SetWallClock(DateTimeOffset.UnixEpoch.AddYears(-40));
        Assert.Equal((5, TimeSpan.FromMinutes(3)), instruments.LastSaved);
    }

    [Fact]
    public async Task The_lines_of_the_metrics_say_where_the_time_went()
    {
        using var run = new FakeRun();
        await run.RunAsync();
        var lines = run.Lines("metrics.jsonl").Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(12, lines.Count);
        Each.Holds(lines, line => Each.Holds(
            new[] { "wait_seconds", "transfer_seconds", "forward_seconds", "backward_seconds", "optimiser_seconds", "snapshot_seconds" },
            name => Assert.True(line.GetProperty(name).GetDouble() >= 0)));
    }

    private sealed class Heard : IDisposable
    {
        private readonly ConcurrentBag<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _all = [];
        private readonly MeterListener _listener = new();

        public Heard(RunInstruments instruments)
        {
            // Other tests' meters have the same name.
            var meter = instruments.Meter;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, meter)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => _all.Add((i.Name, value, tags.ToArray())));
            _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => _all.Add((i.Name, value, tags.ToArray())));
            _listener.Start();
        }

        public IEnumerable<string> Labels => _all.SelectMany(m => m.Tags).Select(t => t.Value?.ToString() ?? "");

        public int Count(string name) => _all.Count(m => m.Name == name);

        public double Sum(string name, string? label = null, string? value = null) =>
            _all.Where(m => m.Name == name && (label is null || m.Tags.Any(t => t.Key == label && (string?)t.Value == value)))
                .Sum(m => m.Value);

        public void Dispose() => _listener.Dispose();
    }
}
