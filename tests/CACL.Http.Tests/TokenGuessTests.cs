using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using CACL.Http.Logging;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace CACL.Http.Tests;

/// <summary>Guesses the token of the real server.</summary>
[Collection(nameof(Log))]
public sealed class TokenGuessTests : IDisposable
{
    private const string Token = "the-right-one-7f3a";

    private static readonly HttpLimits OneAnHour = new() { TokenGuesses = 1, TokenGuessTime = TimeSpan.FromHours(1) };

    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public TokenGuessTests() => _run = RunFolder.Open(_folder.File("run"), RunStart.New);

    public void Dispose()
    {
        Log.Logger = Logger.None;
        _http.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_thousand_guesses_are_ten_and_one_line_of_the_log()
    {
        var heard = new ConcurrentQueue<LogEvent>();
        using var log = new LoggerConfiguration().WriteTo.Sink(new Listener(heard)).CreateLogger();
        Log.Logger = log;
        var limits = new HttpLimits { TokenGuessTime = TimeSpan.FromHours(1) };
        using (var server = NodeServer.Start(new HttpOptions { Token = Token }, States.Of(_run), limits)!)
        {
            var answers = new List<HttpStatusCode>();
            for (var i = 0; i < 1000; i++) answers.Add(await AskAsync(server, $"the-wrong-one-{i}"));
            Assert.Equal(10, answers.Count(status => status == HttpStatusCode.Unauthorized));
            Assert.Equal(990, answers.Count(status => status == HttpStatusCode.TooManyRequests));
            // Whoever would find the right one now would not know it.
            Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(server, Token));
            // Without a token nothing is guessed, and probes need none.
            Assert.Equal(HttpStatusCode.Unauthorized, (await _http.GetAsync(
                new Uri(server.Address, "/api/status"), TestContext.Current.CancellationToken)).StatusCode);
            Assert.Single(heard, line => line.MessageTemplate.Text.Contains("wrong token", StringComparison.OrdinalIgnoreCase));
        }

        var lines = heard.Select(line => line.RenderMessage(CultureInfo.InvariantCulture)).ToList();
        Assert.DoesNotContain(lines, line => line.Contains("the-wrong-one", StringComparison.Ordinal) || line.Contains(Token, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("9 times", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_while_the_right_token_is_taken_again()
    {
        using var server = NodeServer.Start(
            new HttpOptions { Token = Token }, States.Of(_run), new HttpLimits { TokenGuessTime = TimeSpan.FromMilliseconds(200) })!;
        for (var i = 0; i < 30; i++) await AskAsync(server, $"{i}");
        await Eventually.HoldsAsync(async () => await AskAsync(server, Token) == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_page_that_goes_on_with_an_old_token_keeps_nobody_out()
    {
        using var server = NodeServer.Start(
            new HttpOptions { Token = Token }, States.Of(_run), new HttpLimits { TokenGuessTime = TimeSpan.FromHours(1) })!;
        for (var i = 0; i < 50; i++) Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, "the old one"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, Token));
    }

    [Fact]
    public void Addresses_are_told_apart_and_those_of_one_site_are_not()
    {
        using var log = new LogLimit(TimeProvider.System);
        var guesses = new TokenGuesses(OneAnHour, TimeProvider.System, log);
        byte hash = 0;
        guesses.Note(IPAddress.Parse("192.0.2.1"), [hash++]);
        guesses.Note(IPAddress.Parse("2001:db8::1"), [hash++]);
        Assert.False(guesses.MayGuess(IPAddress.Parse("192.0.2.1")));
        Assert.False(guesses.MayGuess(IPAddress.Parse("::ffff:192.0.2.1")));
        Assert.True(guesses.MayGuess(IPAddress.Parse("192.0.2.2")));
        Assert.False(guesses.MayGuess(IPAddress.Parse("2001:db8::abcd")));
        Assert.True(guesses.MayGuess(IPAddress.Parse("2001:db8:1::1")));
    }

    [Fact]
    public void Who_has_a_hundred_thousand_addresses_has_few_guesses_and_takes_little_memory()
    {
        using var log = new LogLimit(TimeProvider.System);
        var guesses = new TokenGuesses(OneAnHour, TimeProvider.System, log);
        var made = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var address = new IPAddress(BitConverter.GetBytes(0x0A000001 + (i << 8)));
            if (!guesses.MayGuess(address)) continue;
            made++;
            guesses.Note(address, BitConverter.GetBytes(i));
        }

        Assert.InRange(made, 1, 4097);
    }

    private async Task<HttpStatusCode> AskAsync(NodeServer server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/api/status"));
        request.Headers.Add("Authorization", "Bearer " + token);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private sealed class Listener(ConcurrentQueue<LogEvent> heard) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => heard.Enqueue(logEvent);
    }
}
