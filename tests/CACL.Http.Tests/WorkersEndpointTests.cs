using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Membership;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Http.Tests;

/// <summary>What the API says of workers on other machines, and how one is drained.</summary>
public sealed class WorkersEndpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly NodeState _state;
    private readonly NodeServer _server;
    private readonly HttpClient _http;

    public WorkersEndpointTests()
    {
        _run = RunFolder.Open(_folder.File("run"), RunStart.New);
        _state = States.Of(_run);
        _server = NodeServer.Start(new HttpOptions(), _state)!;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = _server.Address };
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_run_that_accepts_no_workers_has_none_and_can_drain_none()
    {
        Assert.Empty(await WorkersAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await DrainAsync(new JsonObject { ["worker"] = "node7" })).StatusCode);
    }

    [Fact]
    public async Task Workers_are_listed_with_what_they_did_and_the_one_that_is_named_is_drained()
    {
        var drained = new ConcurrentQueue<string>();
        _state.Welcomed(new WorkerDesk(
            () => [new WorkerStatus("node7", "192.0.2.7:4053", 16, 1234, 5, 371_000_000, 98_765_432.1, Leaving: false)],
            name =>
            {
                drained.Enqueue(name);
                return name == "node7";
            }));
        var worker = Assert.Single(await WorkersAsync())!;
        Assert.Equal(
            """{"name":"node7","address":"192.0.2.7:4053","role":"decoder","state":"decoding","decoders":16,"pairs":1234,"""
                + "\"evaluations\":0,\"evaluated\":0,\"doing\":[],\"handed_back\":5,\"bytes\":371000000,\"bytes_per_second\":98765432}",
            worker.ToJsonString());
        Assert.Equal(HttpStatusCode.Accepted, (await DrainAsync(new JsonObject { ["worker"] = "node7" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DrainAsync(new JsonObject { ["worker"] = "node8" })).StatusCode);
        Assert.Equal(["node7", "node8"], drained);
        foreach (var wrong in new[] { new JsonObject(), new JsonObject { ["worker"] = 7 } })
            Assert.Equal(HttpStatusCode.BadRequest, (await DrainAsync(wrong)).StatusCode);
    }

    private async Task<JsonArray> WorkersAsync() => (JsonArray)JsonNode.Parse(
        await _http.GetStringAsync(new Uri("/api/workers", UriKind.Relative), TestContext.Current.CancellationToken))!["workers"]!;

    private Task<HttpResponseMessage> DrainAsync(JsonObject body) =>
        _http.PostAsJsonAsync(new Uri("/api/workers/drain", UriKind.Relative), body, TestContext.Current.CancellationToken);
}
