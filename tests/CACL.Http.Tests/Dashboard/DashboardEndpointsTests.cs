using System.Globalization;
using System.Net;
using System.Text.Json;
using CACL.Actors.Contracts;
using CACL.Http.Dashboard;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Http.Tests.Dashboard;

/// <summary>Sends the dashboard's requests to the real server.</summary>
public sealed class DashboardEndpointsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public DashboardEndpointsTests() => _run = RunFolder.Open(_folder.File("run"), RunStart.New);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_page_comes_with_its_policy_without_a_token_and_once_only()
    {
        using var server = Start("geheim");
        using var answer = await _http.GetAsync(server.Address, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(DashboardPage.Instance.Policy, answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(DashboardPage.Instance.Html, await answer.Content.ReadAsByteArrayAsync(Cancel));
        using var again = new HttpRequestMessage(HttpMethod.Get, server.Address);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var same = await _http.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        foreach (var path in new[] { "/api/metrics", "/api/events", "/api/quarantine", "/api/batch", "//", "/index.html" })
        {
            using var closed = await _http.GetAsync(new Uri(server.Address.GetLeftPart(UriPartial.Authority) + path), Cancel);
            Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
        }
    }

    [Fact]
    public async Task Metrics_are_told_as_smallest_largest_and_mean_of_stretches_of_steps()
    {
        using var server = Start();
        Assert.Equal("{\"from\":0,\"to\":0,\"series\":{}}", await GetAsync(server, "/api/metrics"));
        File.WriteAllLines(
            _run.Metrics,
            Enumerable.Range(1, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{\"step\":{i},\"loss\":{i}.5}}")));
        Assert.Equal(
            "{\"from\":1,\"to\":100,\"series\":{\"loss\":[[25,1.5,50.5,26],[75,51.5,100.5,76]]}}",
            await GetAsync(server, "/api/metrics?points=2"));
        Assert.Equal(
            "{\"from\":7,\"to\":8,\"series\":{\"loss\":[[7,7.5,7.5,7.5],[8,8.5,8.5,8.5]]}}",
            await GetAsync(server, "/api/metrics?from=7&to=8&points=50"));
        Assert.Equal("{\"from\":200,\"to\":100,\"series\":{}}", await GetAsync(server, "/api/metrics?from=200"));
    }

    [Theory]
    [InlineData("from=x")]
    [InlineData("to=-1")]
    [InlineData("points=0")]
    [InlineData("points=100000")]
    [InlineData("from=1&from=2")]
    [InlineData("to=99999999999999999999")]
    public async Task A_range_that_makes_no_sense_is_told(string query)
    {
        using var server = Start();
        using var answer = await _http.GetAsync(new Uri(server.Address, "/api/metrics?" + query), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("from and to are steps", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quarantined_videos_are_counted_by_reason_and_the_last_ones_are_named()
    {
        using var server = Start();
        Assert.Equal("{\"count\":0,\"reasons\":{},\"videos\":[]}\n", await GetAsync(server, "/api/quarantine"));
        File.WriteAllText(
            _run.Quarantine,
            string.Concat(
                Enumerable.Range(1, 5).Select(i => $"{{\"path\":\"/v/{i}.mp4\",\"reason\":\"{(i == 2 ? "TooShort" : "Undecodable")}\"}}\n"))
                + "{\"path\":\"/v/6");
        var told = JsonDocument.Parse(await GetAsync(server, "/api/quarantine?limit=2")).RootElement;
        Assert.Equal((5, 1, 4), (told.GetProperty("count").GetInt32(), Reason("TooShort"), Reason("Undecodable")));
        Assert.Equal(["/v/5.mp4", "/v/4.mp4"], told.GetProperty("videos").EnumerateArray().Select(v => v.GetProperty("path").GetString()));
        using var wrong = await _http.GetAsync(new Uri(server.Address, "/api/quarantine?limit=1000000"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        int Reason(string name) => told.GetProperty("reasons").GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Whoever_listens_hears_the_status_each_new_evaluation_and_the_end()
    {
        File.WriteAllText(_run.Evaluations, "{\"step\":1}\n");
        var server = Start();
        using var stream = new StreamReader(await _http.GetStreamAsync(new Uri(server.Address, "/api/events"), Cancel));
        var (type, data) = await NextAsync(stream);
        Assert.Equal("status", type);
        Assert.Equal(server.State.Instance, JsonDocument.Parse(data).RootElement.GetProperty("instance").GetString());
        File.AppendAllText(_run.Evaluations, "{\"step\":2}\n{\"step");
        Assert.Equal(("evaluation", "{\"step\":2}"), await NextAsync(stream, but: "status"));
        var ending = Task.Run(server.Dispose, Cancel);
        Assert.Equal(("end", "{}"), await NextAsync(stream, but: "status"));
        Assert.Equal("", (await stream.ReadToEndAsync(Cancel)).Trim());
        await ending;
    }

    [Fact]
    public async Task Whoever_listens_hears_the_decisions_kept_and_each_new_one()
    {
        using var server = Start();
        Decide(server, "crashed", "restart");
        using var stream = new StreamReader(await _http.GetStreamAsync(new Uri(server.Address, "/api/events"), Cancel));
        Assert.Equal("decoders-1 crashed. Decision: restart", await TextAsync());
        Decide(server, "found the disk full.", "tried again");
        Assert.Equal("decoders-1 found the disk full. Decision: tried again", await TextAsync());

        async Task<string?> TextAsync()
        {
            var (type, data) = await NextAsync(stream, but: "status");
            Assert.Equal("supervision", type);
            return JsonDocument.Parse(data).RootElement.GetProperty("text").GetString();
        }
    }

    [Fact]
    public async Task No_more_listen_than_there_is_room_for_and_who_leaves_makes_room()
    {
        using var server = Start();
        var listeners = new List<HttpResponseMessage>();
        for (var i = 0; i < new HttpLimits().Streams; i++) listeners.Add(await ListenAsync(server));
        Each.Holds(listeners, l => Assert.Equal(HttpStatusCode.OK, l.StatusCode));
        using (var refused = await ListenAsync(server))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            var answer = await refused.Content.ReadAsStringAsync(Cancel);
            Assert.Contains("16 others are already listening, the most allowed at a time. Close", answer, StringComparison.Ordinal);
        }

        listeners[0].Dispose();
        await Eventually.HoldsAsync(async () =>
        {
            using var another = await ListenAsync(server);
            return another.StatusCode == HttpStatusCode.OK;
        });
        foreach (var listener in listeners) listener.Dispose();
    }

    private static void Decide(NodeServer server, string cause, string decision) =>
        server.State.Supervision.Add(new SupervisionDecision("run/decoders-1", cause, decision));

    private static async Task<(string Type, string Data)> NextAsync(StreamReader stream, string? but = null)
    {
        while (true)
        {
            var line = await stream.ReadLineAsync(Cancel) ?? throw new InvalidOperationException("The stream has ended.");
            if (!line.StartsWith("event: ", StringComparison.Ordinal)) continue;
            var data = await stream.ReadLineAsync(Cancel);
            if (line["event: ".Length..] != but) return (line["event: ".Length..], data!["data: ".Length..]);
        }
    }

    private Task<HttpResponseMessage> ListenAsync(NodeServer server) =>
        _http.GetAsync(new Uri(server.Address, "/api/events"), HttpCompletionOption.ResponseHeadersRead, Cancel);

    private Task<string> GetAsync(NodeServer server, string path) => _http.GetStringAsync(new Uri(server.Address, path), Cancel);

    private NodeServer Start(string token = "") => NodeServer.Start(new HttpOptions { Token = token }, States.Of(_run))!;
}
