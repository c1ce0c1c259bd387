using CACL.Actors.Telemetry;
using CACL.Http.Logging;
using CACL.Http.Probes;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;
using Microsoft.AspNetCore.Http;

namespace CACL.Http.Tests.Probes;

/// <summary>Sends health probes as an orchestrator does that knows nothing of the program.</summary>
public sealed class ProbeTests : IDisposable
{
    private const string Token = "geheim-4711";
    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly RunInstruments _instruments = new();

    public ProbeTests() => _run = RunFolder.Open(_folder.File("run"), RunStart.New);

    public void Dispose()
    {
        _instruments.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("GET /healthz/live HTTP/1.1\r\nHost: localhost", "200")]
    [InlineData("GET /healthz/live HTTP/1.1\r\nHost: 127.0.0.1:8080", "200")]
    [InlineData("GET /healthz/live HTTP/1.0", "200")]
    [InlineData("HEAD /healthz/live HTTP/1.1\r\nHost: localhost", "200")]
    [InlineData("GET /healthz/ready HTTP/1.1\r\nHost: localhost", "503")]
    [InlineData("HEAD /healthz/ready HTTP/1.1\r\nHost: localhost", "503")]
    // These have a rebound name, or are no health probes.
    [InlineData("GET /healthz/live HTTP/1.1\r\nHost: evil.example", "403")]
    [InlineData("POST /healthz/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0", "401")]
    [InlineData("GET /healthz/../api/status HTTP/1.1\r\nHost: localhost", "401")]
    [InlineData("GET /healthz/%2e%2e/api/status HTTP/1.1\r\nHost: localhost", "401")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: localhost", "404")]
    [InlineData("GET /healthzz/live HTTP/1.1\r\nHost: localhost", "401")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost", "401")]
    [InlineData("GET /api/status HTTP/1.1\r\nHost: localhost", "401")]
    [InlineData("GET /api/status HTTP/1.0", "403")]
    public async Task Health_is_told_without_a_token_and_nothing_else_is(string request, string status)
    {
        var health = new Health(new HealthOptions(), _instruments, TimeProvider.System);
        using var server = NodeServer.Start(new HttpOptions { Token = Token }, States.Of(_run, health))!;
        var cancel = TestContext.Current.CancellationToken;
        using var probe = await Crowd.OpenAsync(server.Address, 1, $"{request}\r\nConnection: close\r\n\r\n", cancel);
        var answer = await probe.ReadAsync(0, "nothing but its end", cancel);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, answer, StringComparison.Ordinal);
        Assert.DoesNotContain(server.State.Folder.Path, answer, StringComparison.Ordinal);
        Assert.DoesNotContain(server.State.Instance, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cacl.example", "/healthz/ready", StatusCodes.Status200OK)]
    [InlineData("", "/healthz/live", StatusCodes.Status200OK)]
    [InlineData("10.1.2.3:8080", "/healthz/live", StatusCodes.Status200OK)]
    [InlineData("cacl.example", "/api/status", StatusCodes.Status403Forbidden)]
    [InlineData("cacl.example", "/", StatusCodes.Status403Forbidden)]
    [InlineData("", "/api/status", StatusCodes.Status403Forbidden)]
    [InlineData("10.1.2.3:8080", "/api/status", StatusCodes.Status401Unauthorized)]
    public async Task Where_others_can_reach_it_health_is_told_under_any_name(string host, string path, int status)
    {
        // Nothing listens: the request guard alone is asked.
        var options = new HttpOptions { Host = "0.0.0.0", Token = Token };
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        (context.Request.Method, context.Request.Host, context.Request.Path) = ("GET", new HostString(host), path);
        using var log = new LogLimit(TimeProvider.System);
        var guesses = new TokenGuesses(new HttpLimits(), TimeProvider.System, log);
        await new RequestGuard(options, guesses).AdmitAsync(context, _ => Task.CompletedTask);
        Assert.Equal(status, context.Response.StatusCode);
    }

    [Fact]
    public async Task The_run_is_asked_once_however_many_probe()
    {
        var asked = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shared = new SharedAnswer<int>(
            async () =>
            {
                var number = Interlocked.Increment(ref asked);
                await gate.Task;
                return number;
            },
            TimeSpan.FromHours(1));
        var answers = Enumerable.Range(0, 100).Select(_ => shared.ReadAsync()).ToList();
        gate.SetResult();
        Each.Holds(await Task.WhenAll(answers), answer => Assert.Equal(1, answer));
        Assert.Equal((1, 2, 2), (await shared.ReadAsync(), await shared.ReadAsync(anew: true), await shared.ReadAsync()));
    }
}
