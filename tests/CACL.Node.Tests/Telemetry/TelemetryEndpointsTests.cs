using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Training;
using CACL.Data.Catalog;
using CACL.Learning.Method;
using CACL.Node.Configuration;
using CACL.Node.Http;
using CACL.Node.Runs;
using CACL.Node.Telemetry;
using CACL.Testing;

namespace CACL.Node.Tests.Telemetry;

/// <summary>The real server, scraped.</summary>
// Meters of one name are one to a listener.
[Collection("meters")]
public sealed class TelemetryEndpointsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly RunTelemetry _telemetry;
    private readonly NodeServer _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public TelemetryEndpointsTests()
    {
        var settings = ConfigurationFiles.Load([], [], new Dictionary<string, string>()).Settings;
        _run = RunFolder.Open(_folder.File("run"), RunStart.New);
        _telemetry = RunTelemetry.Start(settings.Telemetry, _run);
        _server = NodeServer.Start(settings.Http, new NodeState(_run) { Telemetry = _telemetry })!;
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _telemetry.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_scrape_has_what_is_promised_and_breaks_no_rule()
    {
        _telemetry.Begin(null);
        var instruments = _telemetry.Instruments;
        for (var step = 1; step <= 10; step++) instruments.Stepped(Step(step));
        instruments.Decoded(TimeSpan.FromMilliseconds(70));
        instruments.DecodeFailed(UnusableReason.TooShort);
        instruments.Restarted("decoder");
        instruments.DecodersAre(3);
        instruments.Saved(10, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        _telemetry.Evaluated(JsonNode.Parse("""{"step":10,"dataset":"camvid","protocol":"linear","status":"done","miou":0.25}""")!.AsObject());

        var scrape = PrometheusText.Parse(await _http.GetStringAsync(new Uri(_server.Address, "/metrics"), TestContext.Current.CancellationToken));
        Assert.Empty(scrape.Faults);
        Assert.Equal(10, scrape.Value("cacl_steps_total"));
        Assert.Equal(40, scrape.Value("cacl_pairs_total"));
        Assert.Equal(10, scrape.Value("cacl_step_duration_seconds_count"));
        Assert.Equal(15, scrape.Value("cacl_step_duration_seconds_sum"), 1e-9);
        Assert.Equal(1, scrape.Value("cacl_decode_duration_seconds_bucket", ("le", "0.1")));
        Assert.Equal(1, scrape.Value("cacl_decode_failures_total", ("reason", "too_short")));
        // What has not happened yet is there, with 0.
        Assert.Equal(0, scrape.Value("cacl_decode_failures_total", ("reason", "not_a_video")));
        Assert.Equal(1, scrape.Value("cacl_actor_restarts_total", ("actor", "decoder")));
        Assert.Equal(1_700_000_000, scrape.Value("cacl_checkpoint_last_success_timestamp_seconds"));
        Assert.Equal(0.25, scrape.Value("cacl_data_wait_share"), 1e-9);
        Assert.Equal(4.5, scrape.Value("cacl_loss", ("head", "global")));
        Assert.Equal(2.5, scrape.Value("cacl_loss", ("head", "cycle")));
        Assert.DoesNotContain(scrape.Samples, s => s.Name == "cacl_loss" && s.Labels["head"] == "pixel");
        Assert.Equal(0.25, scrape.Value("cacl_eval_miou", ("dataset", "camvid")));
        Assert.Equal(7.5, scrape.Value("cacl_step_time_seconds_total", ("part", "backward")), 1e-9);
        Assert.Equal(10, scrape.Value("cacl_run_step"));
        Assert.Equal(3, scrape.Value("cacl_decoders"));
        Assert.Equal("histogram", scrape.Types["cacl_decode_duration_seconds"]);
    }

    [Theory]
    [InlineData("# TYPE x gauge\n# HELP x h\nx 1\nx 1\n", "comes 2 times")]
    [InlineData("# TYPE x counter\n# HELP x h\nx 1\n", "end in _total")]
    [InlineData("# TYPE x_ms gauge\n# HELP x_ms h\nx_ms 1\n", "base units")]
    [InlineData("# TYPE x gauge\nx 1\n", "no HELP")]
    [InlineData("x 1\n", "no TYPE")]
    [InlineData("# TYPE x gauge\n# HELP x h\nx{a=\"/b\"} 1\n", "a path")]
    [InlineData("# TYPE x histogram\n# HELP x h\nx_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n", "add up")]
    public void The_rules_find_what_breaks_them(string text, string fault) => Assert.Contains(fault, string.Join(' ', PrometheusText.Parse(text).Faults), StringComparison.Ordinal);

    [Fact]
    public async Task Before_the_training_begins_it_is_alive_and_not_ready()
    {
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/healthz/live")).Status);
        var (status, body) = await GetAsync("/healthz/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("failing", body.GetProperty("status").GetString());
        var check = body.GetProperty("checks").GetProperty("start");
        Assert.False(check.GetProperty("ok").GetBoolean());
        Assert.Contains("not begun yet", check.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    private static StepMetrics Step(long step) => new(step, step / 10.0, new StepResult(7, 4.5, null, 2.5, 0.5, 0.25, 0.1), 1.5, 0.5, 4)
    {
        Times = new StepTimes(0.1, 0.4, 0.75, 0.2),
    };

    private async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(_server.Address, path), TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }
}
