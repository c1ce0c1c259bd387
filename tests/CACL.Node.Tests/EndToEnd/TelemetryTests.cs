using System.Net;
using System.Text.Json;
using CACL.Node.Tests.Telemetry;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests a real training that is watched from outside, killed and resumed; its remote receivers do not exist.</summary>
public sealed class TelemetryTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Terminate = 15;

    [Fact]
    public async Task A_training_tells_its_figures_and_each_step_stands_once_in_TensorBoards_files_after_a_kill()
    {
        LongTests.Only("A training in two parts");
        var run = runs.Folder("watched");
        string[] endless =
        [
            "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000", "--set",
            "cacl.logging.seq.url=\"http://127.0.0.1:9\"",
            "--set", "cacl.telemetry.otlp.endpoint=\"http://127.0.0.1:9\"", "--set", "cacl.telemetry.otlp.every=1s",
        ];
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
        using (var process = CaclProcess.Start(runs.Train(run, endless)))
        {
            process.Until(() => SmallRuns.Steps(run) >= 4);
            var address = NodeFile.Read(run)!.Address;
            var scrape = PrometheusText.Parse(
                await http.GetStringAsync(new Uri(address, "/metrics"), TestContext.Current.CancellationToken));
            Assert.Empty(scrape.Faults);
            Assert.True(scrape.Value("cacl_steps_total") >= 4);
            Assert.True(scrape.Value("cacl_decode_duration_seconds_count") >= 16);
            Assert.True(scrape.Value("cacl_step_time_seconds_total", ("part", "backward")) > 0);
            Assert.Equal(2, scrape.Value("cacl_decoders"));
            Assert.Equal(
                ["cycle", "global", "pixel"], scrape.Samples.Where(s => s.Name == "cacl_loss").Select(s => s.Labels["head"]).Order());
            foreach (var path in new[] { "/healthz/live", "/healthz/ready" })
            {
                using var health = await http.GetAsync(new Uri(address, path), TestContext.Current.CancellationToken);
                Assert.True(
                    health.StatusCode == HttpStatusCode.OK, await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }

            process.Kill();
            process.WaitForExit();
        }

        var before = SmallRuns.Steps(run);
        using (var process = CaclProcess.Start(runs.Train(run, [.. endless, "--resume"])))
        {
            process.Until(() => SmallRuns.Steps(run) > before + 2);
            process.Signal(Terminate);
            Assert.Equal(143, process.WaitForExit());
        }

        var lines = File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var scalars = EventFileReader.Scalars(Path.Combine(run, "tensorboard"));
        Assert.Equal(
            lines.Select(l => (l.GetProperty("step").GetInt64(), (float)l.GetProperty("loss").GetDouble())), scalars["loss/total"]);
        Assert.Equal(lines.Count, scalars["time/backward_seconds"].Count);
        // The shares of the time add up: no part is missing, none is counted twice. A busy machine may stop a step between two of its
        // parts, so that the step in the middle is looked at.
        Each.Holds(
            lines,
            line => Assert.InRange(Seconds(line, "transfer", "forward", "backward", "optimiser"), 0, Seconds(line, "step") + 0.001));
        var shares = lines
            .Select(line => Seconds(line, "wait", "transfer", "forward", "backward", "optimiser", "snapshot")
                / Seconds(line, "wait", "step", "snapshot"))
            .Order().ToList();
        Assert.InRange(shares[shares.Count / 2], 0.97, 1.01);

        static double Seconds(JsonElement line, params string[] parts) =>
            parts.Sum(part => line.GetProperty($"{part}_seconds").GetDouble());
    }
}
