using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Http.Tests;

/// <summary>Sends the real server bytes that no client sends by mistake.</summary>
public sealed partial class HostileRequestTests : IDisposable
{
    private const string Json = "Host: localhost\r\nContent-Type: application/json\r\n";
    private const string Second = "GET /healthz/live HTTP/1.1\r\nHost: localhost\r\nX-Cacl-Instance: smuggled\r\n\r\n";

    private static readonly HttpLimits Impatient = new()
    {
        HeadersTimeout = TimeSpan.FromSeconds(1),
        BodyTimeout = TimeSpan.FromSeconds(1.5),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly NodeServer _server;

    public HostileRequestTests()
    {
        _run = RunFolder.Open(_folder.File("run"), RunStart.New);
        _server = NodeServer.Start(new HttpOptions(), States.Of(_run), Impatient)!;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _server.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    // What a proxy takes for the body of the first request must not be a second one here, whichever length it goes by.
    [Theory]
    [InlineData("length 4 before chunked", "POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Second)]
    [InlineData("chunked before length 90", "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: chunked\r\nContent-Length: 90\r\n\r\n0\r\n\r\n" + Second)]
    [InlineData("chunked, then identity", "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + Second)]
    [InlineData("an unknown coding", "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + Second)]
    [InlineData("identity with a length", "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + Second)]
    [InlineData("a space before the colon", "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + Second)]
    [InlineData("a space before the name", "POST /api/pause HTTP/1.1\r\n" + Json + " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Second)]
    [InlineData("two lengths", "POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: 0\r\nContent-Length: 90\r\n\r\n" + Second)]
    [InlineData("a list of lengths", "POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: 0, 90\r\n\r\n" + Second)]
    [InlineData("a length with letters", "POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: 5x\r\n\r\n" + Second)]
    [InlineData("a negative length", "POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: -1\r\n\r\n" + Second)]
    [InlineData("a hexadecimal length", "POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: 0x5\r\n\r\n" + Second)]
    [InlineData("a length of 2^64", "POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: 18446744073709551616\r\n\r\n" + Second)]
    [InlineData("a negative chunk", "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + Second)]
    [InlineData("a chunk of 2^64-1", "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n\r\n" + Second)]
    [InlineData("a chunk with 0x", "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + Second)]
    [InlineData("a bare carriage return", "POST /api/pause HTTP/1.1\r\n" + Json + "X: a\rTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + Second)]
    [InlineData("chunked in HTTP/1.0", "POST /api/pause HTTP/1.0\r\n" + Json + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Second)]
    [InlineData("two hosts", "GET /healthz/live HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n" + Second)]
    [InlineData("a host with a space", "GET /healthz/live HTTP/1.1\r\nHost: a b\r\n\r\n" + Second)]
    [InlineData("an unknown version", "GET /healthz/live HTTP/9.9\r\nHost: localhost\r\n\r\n" + Second)]
    [InlineData("a NUL in the path", "GET /healthz/live\0 HTTP/1.1\r\nHost: localhost\r\n\r\n" + Second)]
    [InlineData("no path", "GET  HTTP/1.1\r\nHost: localhost\r\n\r\n" + Second)]
    public async Task A_request_whose_end_can_be_taken_for_two_places_is_refused_and_nothing_after_it_is_read(string name, string request)
    {
        var answer = await SendAsync(request);
        Assert.True(Refused().IsMatch(answer), $"{name}: {answer}");
        Assert.Equal(1, answer.Split("HTTP/1.1 ").Length - 1);
    }

    [Fact]
    public async Task One_that_is_followed_by_another_in_order_is_answered_twice() =>
        Assert.Equal(2, (await SendAsync(Second + Second.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)))
            .Split("HTTP/1.1 ").Length - 1);

    [Theory]
    [InlineData(431, "many headers")]
    [InlineData(431, "a header of a megabyte")]
    [InlineData(431, "headers of a megabyte")]
    [InlineData(414, "a path of a megabyte")]
    [InlineData(413, "a body of a gigabyte")]
    [InlineData(413, "a body without end")]
    public async Task A_flood_is_refused(int status, string flood)
    {
        var many = 1 << 20;
        var request = flood switch
        {
            "many headers" => "GET / HTTP/1.1\r\nHost: localhost\r\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"X{i}: a\r\n")) + "\r\n",
            "a header of a megabyte" => $"GET / HTTP/1.1\r\nHost: localhost\r\nX: {new string('a', many)}\r\n\r\n",
            "headers of a megabyte" =>
                "GET / HTTP/1.1\r\nHost: localhost\r\n" + string.Concat(Enumerable.Repeat($"X: {new string('a', 8000)}\r\n", 130)) + "\r\n",
            "a path of a megabyte" => $"GET /{new string('a', many)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "a body of a gigabyte" => "POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: 1073741824\r\n\r\n" + new string('a', many),
            _ => "POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: chunked\r\n\r\n"
                + string.Concat(Enumerable.Repeat($"4000\r\n{new string('a', 0x4000)}\r\n", 64)),
        };
        Assert.StartsWith($"HTTP/1.1 {status} ", await SendAsync(request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX")]
    [InlineData("POST /api/pause HTTP/1.1\r\n" + Json + "Content-Length: 900\r\n\r\n")]
    [InlineData("POST /api/pause HTTP/1.1\r\n" + Json + "Transfer-Encoding: chunked\r\n\r\n384\r\n")]
    public async Task Who_sends_a_byte_now_and_then_is_cut_off(string beginning)
    {
        using var slow = await Crowd.OpenAsync(_server.Address, 1, beginning, Cancel);
        await Eventually.HoldsAsync(async () =>
        {
            await slow.SendAsync(0, "a", Cancel);
            return slow.Open == 0;
        });
    }

    [Theory]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("evil.example:8080")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("10.0.0.1")]
    [InlineData("[fe80::1]")]
    [InlineData("localhost.")]
    [InlineData("")]
    public async Task A_name_that_was_pointed_at_this_address_is_refused(string host) =>
        Assert.Matches("^HTTP/1\\.1 40[03] ", await SendAsync($"GET /api/status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://localhost")]
    [InlineData("http://localhost:1")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://localhost@evil.example")]
    [InlineData("null")]
    [InlineData("file://")]
    [InlineData("")]
    [InlineData("http://localhost, http://evil.example")]
    public async Task Another_sites_page_changes_nothing(string origin) =>
        Assert.StartsWith(
            "HTTP/1.1 403 ",
            await SendAsync($"POST /api/pause HTTP/1.1\r\n{Json}Origin: {origin}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"),
            StringComparison.Ordinal);

    [Fact]
    public async Task Another_sites_page_may_read_nothing_and_ask_for_no_permission()
    {
        var read = await SendAsync("GET /api/status HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain("Access-Control", read, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Cross-Origin-Resource-Policy: same-origin", read, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy: default-src 'none'", read, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", read, StringComparison.Ordinal);
        var ask = await SendAsync("OPTIONS /api/pause HTTP/1.1\r\n" + Json + "Origin: http://evil.example\r\n"
            + "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", ask, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control", ask, StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex("^HTTP/1\\.1 (4[0-9][0-9]|505) ")]
    private static partial Regex Refused();

    // Returns all that the server sends until it closes the connection or has answered the last request.
    private async Task<string> SendAsync(string request)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _server.Address.Port), Cancel);
        var text = new StringBuilder();
        var sending = Task.Run(
            async () =>
            {
                try
                {
                    await client.SendAsync(Encoding.Latin1.GetBytes(request), Cancel);
                }
                catch (SocketException)
                {
                    // It was refused before it was read to its end.
                }
            },
            Cancel);
        try
        {
            var bytes = new byte[4 << 10];
            for (int read; (read = await client.ReceiveAsync(bytes, Cancel).AsTask().WaitAsync(Eventually.Patience, Cancel)) > 0;)
                text.Append(Encoding.Latin1.GetString(bytes, 0, read));
        }
        catch (SocketException)
        {
            // Cut off.
        }

        await sending;
        return text.ToString();
    }
}
