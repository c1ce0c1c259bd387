using System.Net;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Scrapes the real server.</summary>
// A listener hears all meters of one name.
[Collection("meters")]
public sealed class TelemetryEndpointsTests : IDisposable
{
    private readonly WatchedServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_scrape_has_what_is_promised_and_breaks_no_rule()
    {
        _server.LetEverythingHappen();
        var scrape = PrometheusText.Parse(await _server.ScrapeAsync());
        Assert.Empty(scrape.Faults);
        Assert.Equal(10, scrape.Value("cacl_steps_total"));
        Assert.Equal(40, scrape.Value("cacl_pairs_total"));
        Assert.Equal(10, scrape.Value("cacl_step_duration_seconds_count"));
        Assert.Equal(15, scrape.Value("cacl_step_duration_seconds_sum"), 1e-9);
        Assert.Equal(1, scrape.Value("cacl_decode_duration_seconds_bucket", ("le", "0.1")));
        Assert.Equal(1, scrape.Value("cacl_decode_failures_total", ("reason", "too_short")));
        // Counters of what has not happened yet are there, with 0.
        Assert.Equal(0, scrape.Value("cacl_decode_failures_total", ("reason", "not_a_video")));
        Assert.Equal(1, scrape.Value("cacl_actor_restarts_total", ("actor", "decoder")));
        Assert.Equal(1_700_000_000, scrape.Value("cacl_checkpoint_last_success_timestamp_seconds"));
        Assert.Equal(0.25, scrape.Value("cacl_data_wait_share"), 1e-9);
        Assert.Equal(4.5, scrape.Value("cacl_loss", ("head", "global")));
        Assert.Equal(0.125, scrape.Value("cacl_spread", ("head", "cycle"), ("of", "pixels")));
        Assert.Equal(0.0625, scrape.Value("cacl_spread", ("head", "cycle"), ("of", "frames")));
        Assert.Equal(0.75, scrape.Value("cacl_target_entropy", ("head", "cycle")));
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
    public void The_rules_find_what_breaks_them(string text, string fault) =>
        Assert.Contains(fault, string.Join(' ', PrometheusText.Parse(text).Faults), StringComparison.Ordinal);

    [Fact]
    public async Task Before_the_training_begins_it_is_alive_and_not_ready()
    {
        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync("/healthz/live")).Status);
        var (status, body) = await _server.GetAsync("/healthz/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("failing", body.GetProperty("status").GetString());
        var check = body.GetProperty("checks").GetProperty("start");
        Assert.False(check.GetProperty("ok").GetBoolean());
        Assert.Contains("not begun yet", check.GetProperty("text").GetString(), StringComparison.Ordinal);
    }
}
