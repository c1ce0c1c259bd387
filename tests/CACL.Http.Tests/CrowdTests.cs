using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using CACL.Actors.Contracts;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace CACL.Http.Tests;

/// <summary>
/// Has more callers than the real server has places for. No timeout of the server can pass in these tests: a caller that is served is
/// served because others gave way.
/// </summary>
[Collection(nameof(Log))]
public sealed class CrowdTests : IDisposable
{
    private const string Status = "GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private const string Events = "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private const string Change = "PATCH /api/settings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(10);
    private static readonly HttpLimits Limits = new()
    {
        HeadersTimeout = Never,
        BodyTimeout = Never,
        KeepAliveTimeout = Never,
        AnswerTimeout = Never,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public CrowdTests() => _run = RunFolder.Open(_folder.File("run"), RunStart.New);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Log.Logger = Logger.None;
        _http.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1000, "")]
    [InlineData(400, Status)]
    [InlineData(400, "GET /api/status HTTP/1.1\r\nHost: loc")]
    [InlineData(400, Change + "Content-Length: 900\r\n\r\n{")]
    [InlineData(400, Change + "Transfer-Encoding: chunked\r\n\r\n384\r\n{")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task A_caller_is_answered_beside_a_crowd_that_is_idle(int count, string sends)
    {
        using var server = Start(Limits);
        using var crowd = await Crowd.OpenAsync(server.Address, count, sends, Cancel);
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await StatusAsync(server));
        // Only as many connections as necessary were closed.
        Eventually.Holds(() => crowd.Open <= Limits.Connections);
        Assert.InRange(crowd.Open, Limits.Connections / 2, Limits.Connections);
    }

    [Fact]
    public async Task A_caller_is_answered_beside_many_who_want_to_listen_of_whom_the_first_may()
    {
        using var server = Start(Limits);
        using var crowd = await Crowd.OpenAsync(server.Address, 200, Events, Cancel);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => await crowd.ReadAsync(i, "\r\n\r\n", Cancel)));
        Assert.Equal(Limits.Streams, answers.Count(a => a.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)));
        Assert.Equal(200 - Limits.Streams, answers.Count(a => a.StartsWith("HTTP/1.1 503", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_listens_is_not_closed_for_others()
    {
        using var server = Start(Limits with { Connections = 8, Streams = 2 });
        using var listening = await Crowd.OpenAsync(server.Address, 2, Events, Cancel);
        foreach (var i in new[] { 0, 1 }) await HearsAsync(listening, i, "event: status");
        using var crowd = await Crowd.OpenAsync(server.Address, 100, "", Cancel);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server));
        Decide(server, "restart");
        foreach (var i in new[] { 0, 1 }) await HearsAsync(listening, i, "restart");
    }

    [Fact]
    public async Task A_byte_now_and_then_keeps_no_place()
    {
        using var server = Start(Limits with { Connections = 2 });
        using var dripping = await Crowd.OpenAsync(server.Address, 1, "GET /api/sta", Cancel);
        using var asking = await Crowd.OpenAsync(server.Address, 1, Status, Cancel);
        await HearsAsync(asking, 0, "\r\n0\r\n\r\n");
        await dripping.SendAsync(0, "t", Cancel);
        using var crowd = await Crowd.OpenAsync(server.Address, 1, "", Cancel);
        Eventually.Holds(() => dripping.Open == 0);
        Assert.Equal((1, 1), (asking.Open, crowd.Open));
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_cut_off_and_a_stream_is_not()
    {
        using var server = Start(Limits with { AnswerTimeout = TimeSpan.FromMilliseconds(200) });
        using var listening = await Crowd.OpenAsync(server.Address, 1, Events, Cancel);
        await HearsAsync(listening, 0, "event: status");
        // Without a training it waits five seconds for one.
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetStringAsync(new Uri(server.Address, "/api/batch"), Cancel));
        Decide(server, "restart");
        await HearsAsync(listening, 0, "restart");
    }

    [Fact]
    public async Task Who_listens_and_does_not_read_loses_his_place()
    {
        using var server = Start(Limits with { Streams = 1, EventTimeout = TimeSpan.FromMilliseconds(200) });
        // Half a megabyte is less than the system would buffer by itself, and more than it may.
        for (var i = 0; i < 500; i++) Decide(server, new string('x', 1000));
        using var deaf = await Crowd.OpenAsync(server.Address, 1, Events, Cancel);
        await HearsAsync(deaf, 0, "200 OK");
        await Eventually.HoldsAsync(async () =>
        {
            var events = new Uri(server.Address, "/api/events");
            using var listener = await _http.GetAsync(events, HttpCompletionOption.ResponseHeadersRead, Cancel);
            return listener.IsSuccessStatusCode;
        });
        // The response ends without its last chunk, so the client knows that it is not whole.
        Assert.DoesNotContain("\r\n0\r\n\r\n", await deaf.ReadAsync(0, "\r\n0\r\n\r\n", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_2_is_not_spoken()
    {
        using var server = Start(Limits);
        using var caller = await Crowd.OpenAsync(server.Address, 1, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Cancel);
        await caller.ReadAsync(0, "nothing but its end", Cancel);
        Assert.Equal(0, caller.Open);
    }

    [Fact]
    public async Task A_crowd_is_a_line_of_the_log_with_its_count()
    {
        var heard = new ConcurrentQueue<LogEvent>();
        // The log is global to the process: tests that listen to it share a collection.
        using (var log = new LoggerConfiguration().WriteTo.Sink(new Listener(heard)).CreateLogger())
        {
            Log.Logger = log;
            using var server = Start(Limits with { Connections = 16 });
            using var crowd = await Crowd.OpenAsync(server.Address, 300, Change + "Content-Length: 900\r\n\r\n{", Cancel);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(server));
            Eventually.Holds(() => crowd.Open <= 16);
            crowd.Reset();
        }

        // Neither a client that was cut off nor one that leaves in the middle of a body is a fault.
        var lines = heard.Select(line => (Text: line.RenderMessage(CultureInfo.InvariantCulture), line.Properties)).ToList();
        Assert.DoesNotContain(lines, line => line.Text.Contains("/api/settings failed", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Text.Contains("the request body", StringComparison.Ordinal));
        var counts = lines.Where(line => line.Text.Contains("because idle the longest", StringComparison.Ordinal))
            .Select(line => (int)((ScalarValue)line.Properties["Count"]).Value!)
            .ToList();
        Assert.Equal(2, counts.Count);
        // It is one less where the caller had left before the last of the crowd was accepted.
        Assert.InRange(counts.Sum(), 300 - 16, 301 - 16);
    }

    private sealed class Listener(ConcurrentQueue<LogEvent> heard) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => heard.Enqueue(logEvent);
    }

    private static async Task HearsAsync(Crowd crowd, int index, string words) =>
        Assert.Contains(words, await crowd.ReadAsync(index, words, Cancel), StringComparison.Ordinal);

    private static void Decide(NodeServer server, string text) =>
        server.State.Supervision.Add(new SupervisionDecision("run/decoders-1", text, "none"));

    private async Task<HttpStatusCode> StatusAsync(NodeServer server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/api/status"));
        request.Headers.ConnectionClose = true;
        using var answer = await _http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private NodeServer Start(HttpLimits limits) =>
        NodeServer.Start(new HttpOptions(), States.Of(_run), limits)!;
}
