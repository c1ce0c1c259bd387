using System.Text.Json;
using Akka.Actor;
using Akka.TestKit;
using CACL.Actors.Contracts;
using CACL.Actors.Telemetry;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Catalog;
using CACL.Runs.Steps;
using CACL.Runs.Videos;
using CACL.Testing;

namespace CACL.Actors.Tests.Telemetry;

/// <summary>Telemetry by itself, with real files and a disk that may be full.</summary>
public sealed class TelemetryActorSpec : ActorSpec
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<long> _observed = [];
    private readonly TestProbe _asker;
    private Action<StepMetrics>? _observer;

    public TelemetryActorSpec() => _asker = CreateTestProbe("asker");

    [Fact]
    public void Steps_are_written_in_their_order_and_told_to_the_observer()
    {
        var telemetry = Start();
        Step(telemetry, 1, 2, 3);
        Flush(telemetry);
        Assert.Equal([1, 2, 3], Steps());
        Assert.Equal([1, 2, 3], _observed);
        Assert.Empty(Heard(telemetry, Parent));
    }

    [Fact]
    public void Lines_that_find_the_disk_full_wait_and_are_written_in_their_order_when_there_is_room()
    {
        var telemetry = Start();
        Step(telemetry, 1);
        Flush(telemetry);
        using (new FullDisk(_folder.File("metrics.jsonl")))
        {
            Step(telemetry, 2, 3);
            Quarantine(telemetry, "/a.mp4"); // behind the others, though its own file could be written
            Step(telemetry, 4);
            Flush(telemetry);
            Assert.Equal([1], Steps());
            Assert.Empty(File.ReadAllLines(_folder.File("quarantine.jsonl")));
        }

        // That is decided once, however many lines find it full; the observer hears of each step at once.
        var decision = Assert.IsType<SupervisionDecision>(Assert.Single(Heard(telemetry, Parent)));
        Assert.Equal(("telemetry", false, SupervisionVerdict.GoesOn), (decision.Name, decision.IsGrave, decision.Verdict));
        Assert.StartsWith($"cannot write {_folder.File("metrics.jsonl")}: ", decision.Cause, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4], _observed);
        Step(telemetry, 5);
        Flush(telemetry);
        Assert.Equal([1, 2, 3, 4, 5], Steps());
        Assert.Single(File.ReadAllLines(_folder.File("quarantine.jsonl")));
        Eventually.Holds(() => Said.Any(line => line.Contains("can be written again; 0 lines were lost", StringComparison.Ordinal)));
        // A disk that is full once more is news.
        using (new FullDisk(_folder.File("metrics.jsonl")))
        {
            Step(telemetry, 6);
            Assert.IsType<SupervisionDecision>(Assert.Single(Heard(telemetry, Parent)));
        }
    }

    [Fact]
    public void Lines_beyond_those_that_may_wait_are_lost_and_counted()
    {
        var telemetry = Start();
        using (new FullDisk(_folder.File("metrics.jsonl")))
        {
            Step(telemetry, [.. Enumerable.Range(1, 10_003).Select(step => (long)step)]);
            AwaitTaken(telemetry);
        }

        Flush(telemetry);
        Assert.Equal(Enumerable.Range(1, 10_000).Select(step => (long)step), Steps());
        Eventually.Holds(() => Said.Any(line => line.Contains("can be written again; 3 lines were lost", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_last_word_before_the_end_writes_what_waited()
    {
        var telemetry = Start();
        using (new FullDisk(_folder.File("metrics.jsonl")))
        {
            Step(telemetry, 1);
            AwaitTaken(telemetry);
        }

        Flush(telemetry);
        Assert.Equal([1], Steps());
    }

    [Fact]
    public void A_video_is_written_down_as_quarantined_once_also_by_the_next_start()
    {
        var telemetry = Start();
        Quarantine(telemetry, "/a.mp4");
        Quarantine(telemetry, "/b.mp4");
        Quarantine(telemetry, "/a.mp4");
        Flush(telemetry);
        AwaitGone(telemetry, () => Sys.Stop(telemetry));
        telemetry = Start();
        Quarantine(telemetry, "/b.mp4");
        Quarantine(telemetry, "/c.mp4");
        Flush(telemetry);
        Assert.Equal(
            ["/a.mp4", "/b.mp4", "/c.mp4"],
            File.ReadAllLines(_folder.File("quarantine.jsonl")).Select(line => QuarantineLine.Read(Json(line))!.Path));
    }

    [Fact]
    public void Restarted_it_goes_on_behind_the_last_whole_line()
    {
        File.WriteAllText(_folder.File("metrics.jsonl"), "{\"step\":1}\n{\"step\":2,\"los");
        var failures = 1;
        _observer = _ => { if (failures-- > 0) throw new InvalidOperationException("bug in the display"); };
        var telemetry = Start();
        Step(telemetry, 2, 3);
        Flush(telemetry);
        Assert.Equal([1, 2, 3], Steps());
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _folder.Dispose();
    }

    private IActorRef Start()
    {
        var telemetry = Start(
            TelemetryActor.Props(_folder.Path, step =>
            {
                _observed.Add(step.Step);
                _observer?.Invoke(step);
            }, instruments: null),
            "telemetry", Directive.Restart);
        AwaitTaken(telemetry); // its files are open
        return telemetry;
    }

    private static void Step(IActorRef telemetry, params long[] steps)
    {
        foreach (var step in steps)
            telemetry.Tell(new LoopReport.Stepped(new StepMetrics(step, step / 10.0, CaclResults.Of(4.5, global: 4.5), 0.5, 0.1, 32)));
    }

    private static void Quarantine(IActorRef telemetry, string path) => telemetry.Tell(
        new TelemetryProtocol.Quarantined(new QuarantinedVideo(path, UnusableReason.Corrupt, $"{path} is broken.", "decode", 1, 2)));

    private void Flush(IActorRef telemetry)
    {
        telemetry.Tell(new TelemetryProtocol.Flush(), _asker.Ref);
        _asker.Hears<TelemetryProtocol.Flushed>();
    }

    private IEnumerable<long> Steps() =>
        File.ReadAllLines(_folder.File("metrics.jsonl")).Select(line => Json(line).GetProperty("step").GetInt64());

    private static JsonElement Json(string line) => JsonDocument.Parse(line).RootElement;
}
