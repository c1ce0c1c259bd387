using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Membership;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Catalog;
using CACL.Http;
using CACL.Http.Server;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Node.Settings;
using CACL.Node.Telemetry;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Node.Tests.Telemetry;

/// <summary>The real server of a run folder, with its telemetry, and a client for it.</summary>
internal sealed class WatchedServer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly NodeServer _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public WatchedServer(params string[] sets)
    {
        var settings = ConfigurationFiles.Load([], sets, new Dictionary<string, string>()).Settings;
        _run = RunFolder.Open(_folder.File("run"), RunStart.New);
        Telemetry = RunTelemetry.Start(settings.Telemetry, _run);
        _server = NodeServer.Start(
            settings.Http,
            new NodeState(_run)
            {
                Health = Telemetry.Health,
                Meters = Telemetry.Meters?.Provider,
                Method = KnownMethods.Cacl.Defaults.Describe(),
            })!;
    }

    public RunTelemetry Telemetry { get; }

    public NodeState State => _server.State;

    public Uri Address => _server.Address;

    /// <summary>Records one of everything that is measured.</summary>
    public void LetEverythingHappen()
    {
        Telemetry.Begin(null);
        var instruments = Telemetry.Instruments;
        instruments.Began(0, 20);
        for (var step = 1; step <= 10; step++) instruments.Stepped(Step(step));
        instruments.Decoded(TimeSpan.FromMilliseconds(70));
        instruments.DecodeFailed(UnusableReason.TooShort);
        instruments.DecodedAhead();
        instruments.Restarted("decoder");
        instruments.DecodersAre(3);
        WorkerInstruments.Create(
            instruments, () => [new WorkerStatus("node-2", "10.0.0.2:4053", 2, 12, 1, 3_600_000, 5000, Leaving: false)]);
        instruments.Saved(10, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        Telemetry.Evaluated(JsonNode.Parse("""{"step":10,"dataset":"camvid","protocol":"linear","status":"done","miou":0.25}""")!.AsObject());
    }

    /// <summary>Returns the response of /metrics.</summary>
    public Task<string> ScrapeAsync() => _http.GetStringAsync(new Uri(_server.Address, "/metrics"), TestContext.Current.CancellationToken);

    public async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(_server.Address, path), TestContext.Current.CancellationToken);
        return (
            response.StatusCode,
            JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        Telemetry.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    private static StepResult Result { get; } = CaclResults.With(
        CaclResults.Of(7, global: 4.5, cycle: 2.5, top1: 0.5, back: 0.25), (CaclResults.Metrics.Spread[Heads.Cycle], 0.125),
        (CaclResults.Metrics.FrameSpread[Heads.Cycle], 0.0625), (CaclResults.Metrics.TargetEntropy, 0.75));

    private static StepMetrics Step(long step) =>
        new(step, step / 10.0, Result, 1.5, 0.5, 4)
        {
            Times = new StepTimes(0.1, 0.4, 0.75, 0.2),
        };
}
