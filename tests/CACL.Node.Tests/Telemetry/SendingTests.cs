using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CACL.Actors.Telemetry;
using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Node.Logging;
using CACL.Node.Settings;
using CACL.Node.Telemetry;
using CACL.Testing;
using Serilog;
using Serilog.Events;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Tests how metrics and log are sent to a collector and to Seq, over real sockets.</summary>
// Serilog's logger is global to the process, and a listener hears all meters of one name.
[Collection("global log")]
public sealed class SendingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Metrics_reach_a_collector_with_the_headers_it_asks_for()
    {
        await using var collector = await Receiver.StartAsync();
        var settings = Settings(
            $"cacl.telemetry.otlp.endpoint=\"{collector.Address}\"", "cacl.telemetry.otlp.protocol=http-protobuf",
            "cacl.telemetry.otlp.every=1s",
            "cacl.telemetry.otlp.headers=\"x-key=geheim\"");
        using (var meters = RunMeters.Start(settings.Telemetry.Otlp, "a-run", Nothing))
        using (var instruments = new RunInstruments())
        {
            Assert.NotNull(meters);
            instruments.Begin();
            var (_, headers, body) = collector.Await(
                r => r.Path == "/v1/metrics" && r.Body.Contains("cacl.steps", StringComparison.Ordinal));
            Assert.Equal("geheim", headers["x-key"]);
            Assert.Contains("a-run", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_log_reaches_Seq_and_a_collector_with_their_keys_and_the_keys_stand_nowhere()
    {
        await using var receiver = await Receiver.StartAsync();
        var configuration = ConfigurationFiles.Load(
            [],
            [
                $"cacl.logging.seq.url=\"{receiver.Address}\"", "cacl.logging.seq.api-key=geheimnis",
                $"cacl.telemetry.otlp.endpoint=\"{receiver.Address}\"",
                "cacl.telemetry.otlp.protocol=http-protobuf", "cacl.telemetry.otlp.headers=\"x-key=verborgen\"",
            ],
            new Dictionary<string, string>());
        var file = _folder.File("train.log");
        using (RunLog.Start(
            file, LogEventLevel.Information, screen: null, sinks => RemoteLogs.Add(sinks, configuration.Settings, "a-run", Nothing)))
        {
            Log.Information("Step {Step} of a run that is watched", 42);
        }

        // Other tests may have logged before: their lines may have been sent in a batch of their own.
        var seq = receiver.Await(
            r => r.Path == "/api/events/raw" && r.Body.Contains("Step {Step} of a run that is watched", StringComparison.Ordinal));
        Assert.Equal("geheimnis", seq.Headers["X-Seq-ApiKey"]);
        var otlp = receiver.Await(
            r => r.Path == "/v1/logs" && r.Body.Contains("Step 42 of a run that is watched", StringComparison.Ordinal));
        Assert.Equal("verborgen", otlp.Headers["x-key"]);
        foreach (var text in new[] { File.ReadAllText(file), configuration.Render() })
        {
            Assert.DoesNotContain("geheimnis", text, StringComparison.Ordinal);
            Assert.DoesNotContain("verborgen", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Receivers_that_do_not_take_it_cost_one_line_each_and_hold_nothing_up()
    {
        var nobody = NobodysPort();
        await using var hangsUp = HangsUp.Start();
        var settings = Settings(
            $"cacl.logging.seq.url=\"http://127.0.0.1:{nobody}\"", $"cacl.telemetry.otlp.endpoint=\"{hangsUp.Address}\"",
            "cacl.telemetry.otlp.protocol=http-protobuf", "cacl.telemetry.otlp.every=1s");
        var file = _folder.File("train.log");
        var began = Stopwatch.GetTimestamp();
        using (RunLog.Start(file, LogEventLevel.Information, screen: null, sinks => RemoteLogs.Add(sinks, settings, "a-run", Nothing)))
        using (var meters = RunMeters.Start(settings.Telemetry.Otlp, "a-run", Nothing))
        using (var instruments = new RunInstruments())
        {
            instruments.Begin();
            for (var i = 0; i < 1000; i++) Log.Information("Line {Number}", i);
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
            Eventually.Holds(() => hangsUp.Asked.Count(request => request.Contains("/v1/metrics", StringComparison.Ordinal)) >= 3);
        }

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(45));
        Assert.Equal(1, Lines("Metrics do not reach"));
        Assert.True(Lines("does not reach Seq") <= 1 && Lines("does not reach the OpenTelemetry") <= 1);
        Assert.True(Lines("does not reach Seq") == 1, File.ReadAllText(file)[^2000..]);
        Assert.Equal(1000, Lines("\"Line {Number}\""));

        int Lines(string words)
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Split('\n').Count(l => l.Contains(words, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317", true)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://c:4317", true)]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://c:4317", false)]
    public void OpenTelemetrys_variables_decide_where_the_settings_are_silent(string name, string value, bool sends)
    {
        var otlp = Settings().Telemetry.Otlp;
        Assert.Equal(sends, OtlpEnvironment.Sends(otlp, "METRICS", n => n == name ? value : null));
        Assert.False(OtlpEnvironment.Sends(otlp, "METRICS", n => n == name ? value : n == "OTEL_SDK_DISABLED" ? "true" : null));
        Assert.False(OtlpEnvironment.Sends(otlp, "METRICS", n => n == name ? value : n == "OTEL_METRICS_EXPORTER" ? "none" : null));
        Assert.True(OtlpEnvironment.Sends(Settings("cacl.telemetry.otlp.endpoint=\"http://d:4317\"").Telemetry.Otlp, "METRICS", _ => null));
    }

    [Theory]
    [InlineData("cacl.telemetry.otlp.endpoint", "collector")]
    [InlineData("cacl.telemetry.otlp.endpoint", "ftp://collector")]
    [InlineData("cacl.logging.seq.url", "http://user:geheim@seq")]
    [InlineData("cacl.logging.seq.url", "http://seq/?apiKey=geheim")]
    public void Addresses_that_are_none_are_refused_with_an_example_and_not_repeated(string key, string address)
    {
        var file = _folder.File("a.conf");
        File.WriteAllText(file, $"{key} = \"{address}\"\n");
        var none = new Dictionary<string, string>();
        foreach (var load in new Func<object>[]
        {
            () => Settings($"{key}=\"{address}\""),
            () => ConfigurationFiles.Load([], [], new Dictionary<string, string> { [EnvironmentOverrides.Variable(key)] = address }),
            () => ConfigurationFiles.Load([file], [], none),
        })
        {
            var message = Assert.ThrowsAny<ConfigurationException>(load).Message;
            Assert.Contains($"{key} is not an address such as http://localhost", message, StringComparison.Ordinal);
            Assert.DoesNotContain(address, message, StringComparison.Ordinal);
            Assert.DoesNotContain("geheim", message, StringComparison.Ordinal);
        }
    }

    private static RunSettings Settings(params string[] sets) =>
        ConfigurationFiles.Load([], sets, new Dictionary<string, string>()).Settings;

    private static string? Nothing(string variable) => null;

    private static int NobodysPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
