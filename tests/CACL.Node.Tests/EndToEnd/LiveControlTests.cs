using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests a training in a process of its own that is paused, changed, queried and stopped from outside.</summary>
public sealed class LiveControlTests(SmallRuns runs) : IClassFixture<SmallRuns>, IDisposable
{
    private const int Steps = 12;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public void Dispose() => _http.Dispose();

    [Fact]
    public void A_run_changed_live_and_killed_goes_on_as_one_that_was_not_killed()
    {
        LongTests.Only("Three trainings and a dozen commands, one after another");
        var (killed, replayed) = (runs.Folder("changed-live"), runs.Folder("replayed"));
        string[] length = ["--set", $"cacl.training.max-steps={Steps}", "--set", "cacl.training.epochs=1000"];
        long first;
        using (var process = CaclProcess.Start(runs.Train(killed, length)))
        {
            PauseAtOnce(process, killed);
            process.Until(() => State(killed) == "paused");
            var paused = SmallRuns.Steps(killed);
            Assert.Contains("paused", Cacl(0, "status", "--run", killed), StringComparison.Ordinal);
            Assert.Contains("already paused", Cacl(0, "pause", "--run", killed), StringComparison.Ordinal);
            Assert.Contains(
                $"loss_weights.pixel = 2.5 from step {paused + 1} on",
                Cacl(0, "set", "--run", killed, "learning-rate-factor=0.3", "loss_weights.pixel=2.5"), StringComparison.Ordinal);
            Assert.Contains("already set", Cacl(0, "set", "--run", killed, "learning_rate_factor=0.3"), StringComparison.Ordinal);
            Assert.Contains("from 0 to 1000", Cacl(1, "set", "--run", killed, "learning_rate_factor=-1"), StringComparison.Ordinal);
            Assert.Contains("a checkpoint", Cacl(0, "checkpoint", "--run", killed), StringComparison.OrdinalIgnoreCase);
            process.Until(() => Directory.Exists(Path.Combine(killed, "checkpoints", $"step-{paused:D8}")));
            Assert.Equal(paused, SmallRuns.Steps(killed));
            Assert.Contains("continues", Cacl(0, "resume", "--run", killed), StringComparison.Ordinal);
            process.Until(() => SmallRuns.Steps(killed) >= Math.Min(paused + 3, Steps - 1));
            process.Kill();
            process.WaitForExit();
            first = paused + 1;
        }

        var status = JsonNode.Parse(Cacl(0, "status", "--run", killed, "--json"))!;
        Assert.Equal("not_running", (string?)status["state"]);
        Assert.Contains("was killed", (string?)status["verdict"], StringComparison.Ordinal);
        Assert.Contains("not running any more", Cacl(1, "resume", "--run", killed), StringComparison.Ordinal);
        Cacl(0, runs.Train(killed, [.. length, "--resume"]));
        Assert.Contains("ended", Cacl(0, "status", "--run", killed), StringComparison.Ordinal);

        // A step that is computed again from a checkpoint uses the same changes.
        Assert.Contains(
            "Reproduced to the bit", Cacl(0, "explain", "--run", killed, "--step", $"{Steps}", "--out", runs.Folder("explained-live")),
            StringComparison.Ordinal);

        Directory.CreateDirectory(replayed);
        File.Copy(Path.Combine(killed, "control.jsonl"), Path.Combine(replayed, "control.jsonl"));
        Cacl(0, runs.Train(replayed, length));
        Assert.Equal(SmallRuns.Losses(replayed), SmallRuns.Losses(killed));
        Assert.Equal(Weights(replayed), Weights(killed));
        var rates = File.ReadLines(Path.Combine(killed, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(m => m.GetProperty("step").GetInt64(), m => m.GetProperty("lr").GetDouble());
        Assert.True(first == 1 || rates[first] < 0.5 * rates[first - 1], $"The learning rates at step {first} are not those asked for.");
    }

    [Fact]
    public async Task A_run_answers_what_it_is_asked_and_stops_on_request()
    {
        var run = runs.Folder("asked-live");
        using var process = CaclProcess.Start(
            runs.Train(run, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000"));
        process.Until(() => SmallRuns.Steps(run) >= 2);
        var status = JsonNode.Parse((await SendAsync(run, HttpMethod.Get, "/api/status")).Body)!;
        const string Contract = "run state step total_steps epoch epochs eta_seconds started seconds device backbone heads "
            + "pairs_per_second last checkpoint time_shares verdict channel in_flight queues decoders settings quarantined";
        Each.Holds(Contract.Split(' '), key => Assert.True(status.AsObject().ContainsKey(key), key));
        Assert.Equal(
            ("asked-live", 100000L, "resnet18", 2),
            ((string?)status["run"], (long?)status["total_steps"], (string?)status["backbone"], (int?)status["decoders"]!["configured"]));
        Assert.True((double?)status["pairs_per_second"] > 0 && (double?)status["eta_seconds"] > 0);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(
            run, HttpMethod.Patch, "/api/settings",
            "{\"decoders\":3,\"checkpoint_every_steps\":0,\"log_level\":\"debug\",\"loss_weights\":{\"cycle\":0.5}}")).Status);
        Assert.Equal(4, File.ReadAllLines(Path.Combine(run, "control.jsonl")).Length);
        process.Until(() => Decoders(run) == 3);
        Assert.Equal(
            HttpStatusCode.OK,
            (await SendAsync(run, HttpMethod.Patch, "/api/settings", "{\"decoders\":0,\"checkpoint_every_steps\":5}")).Status);
        // The answer says that the change is recorded; the status follows when the pool has heard of it.
        JsonNode chosen = new JsonObject();
        await Eventually.HoldsAsync(async () =>
        {
            chosen = JsonNode.Parse((await SendAsync(run, HttpMethod.Get, "/api/status")).Body)!["decoders"]!;
            return (int?)chosen["configured"] == 0;
        });
        Assert.InRange((int)chosen["wanted"]!, 1, Math.Max(3, Environment.ProcessorCount));
        Assert.Contains("decoders chosen", Cacl(0, "status", "--run", run), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(run, HttpMethod.Patch, "/api/settings", "{\"decoders\":\"3\"}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(run, HttpMethod.Patch, "/api/settings", "{\"seed\":3}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(run, HttpMethod.Patch, "/api/settings", "{}")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(run, HttpMethod.Patch, "/api/settings", "{\"decoders\":3000}")).Status);
        Assert.Equal(
            HttpStatusCode.Conflict, (await SendAsync(run, HttpMethod.Patch, "/api/settings", "{\"evaluate_every_steps\":3}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(run, HttpMethod.Post, "/api/stop", "{}", "http://evil.example")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(run, HttpMethod.Post, "/api/stop", "{}")).Status);
        Assert.Equal(130, process.WaitForExit());
        Assert.Contains("Stopped on request. Newest checkpoint", process.Output, StringComparison.Ordinal);
        var ended = JsonNode.Parse(Cacl(0, "status", "--run", run, "--json"))!;
        Assert.Equal(
            ("not_running", "stopped", (long?)ended["step"]),
            ((string?)ended["state"], (string?)ended["outcome"]!["end"], (long?)ended["checkpoint"]!["step"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_is_done_may_go_on_answering_until_it_is_asked_to_end(bool signal)
    {
        if (signal) LongTests.Only("The same with a signal");
        var run = runs.Folder($"lingers-{signal}");
        using var process = CaclProcess.Start(runs.Train(run, "--set", "cacl.training.max-steps=2", "--set", "cacl.http.linger=1h"));
        process.Until(() => process.Output.Contains("Still answering at", StringComparison.Ordinal));
        var status = JsonNode.Parse((await SendAsync(run, HttpMethod.Get, "/api/status")).Body)!;
        Assert.Equal(("ended", 2L, "All steps are done."), ((string?)status["state"], (long?)status["step"], (string?)status["verdict"]));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(run, HttpMethod.Get, "/healthz/live")).Status);
        Assert.Contains("step 2", Cacl(0, "status", "--run", run), StringComparison.Ordinal);
        if (signal) process.Signal(15);
        else Assert.Contains("the program ends", Cacl(0, "stop", "--run", run), StringComparison.Ordinal);
        Assert.Equal(0, process.WaitForExit());
        Assert.Null(NodeFile.Read(run));
    }

    [Fact]
    public void A_run_that_is_stopped_on_request_may_go_on_answering_too()
    {
        LongTests.Only("The same where it is stopped");
        var run = runs.Folder("lingers-stopped");
        using var process = CaclProcess.Start(runs.Train(
            run, "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000", "--set", "cacl.http.linger=1h"));
        process.Until(() => SmallRuns.Steps(run) >= 1);
        Cacl(0, "stop", "--run", run);
        process.Until(() => process.Output.Contains("Still answering at", StringComparison.Ordinal));
        Assert.Contains("Stopped on request.", Cacl(0, "status", "--run", run), StringComparison.Ordinal);
        Assert.Contains("the program ends", Cacl(0, "stop", "--run", run), StringComparison.Ordinal);
        Assert.Equal(130, process.WaitForExit());
    }

    /// <summary>Pauses the training as soon as it accepts requests.</summary>
    private void PauseAtOnce(CaclProcess process, string run) => process.Until(() =>
        NodeFile.Read(run) is not null && SendAsync(run, HttpMethod.Post, "/api/pause", "{}").Result.Status == HttpStatusCode.Accepted);

    private string? State(string run) => (string?)JsonNode.Parse(SendAsync(run, HttpMethod.Get, "/api/status").Result.Body)!["state"];

    private int Decoders(string run) =>
        JsonNode.Parse(SendAsync(run, HttpMethod.Get, "/api/actors").Result.Body)!.AsArray().Count(a => (string?)a!["kind"] == "decoder");

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(
        string run, HttpMethod method, string path, string? body = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(NodeFile.Read(run)!.Address, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (origin is not null) request.Headers.Add("Origin", origin);
        try
        {
            using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        catch (HttpRequestException)
        {
            return (HttpStatusCode.ServiceUnavailable, "{}"); // its port is open, but it does not respond yet
        }
    }

    private static string Cacl(int expected, params string[] arguments)
    {
        var (exit, output) = CaclProcess.Run(arguments);
        Assert.True(exit == expected, $"{string.Join(' ', arguments)}: exit code {exit}\n{output}");
        return output;
    }

    private static string[] Weights(string run) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(run, "checkpoints", $"step-{Steps:D8}"), "*.safetensors").Order(StringComparer.Ordinal)
            .Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
    ];
}
