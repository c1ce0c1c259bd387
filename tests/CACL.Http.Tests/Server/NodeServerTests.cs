using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CACL.Http.Client;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Http.Tests.Server;

/// <summary>Starts the real server on a free port and sends it requests.</summary>
public sealed class NodeServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public NodeServerTests() => _run = RunFolder.Open(_folder.File("run"), RunStart.New);

    public void Dispose()
    {
        _http.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_can_be_found_while_it_runs_and_not_afterwards()
    {
        using (var server = Start())
        {
            Assert.Equal(server.Address, NodeFile.Read(_run.Path)!.Address);
            var status = JsonDocument.Parse(
                await _http.GetStringAsync(new Uri(server.Address, "/api/status"), TestContext.Current.CancellationToken)).RootElement;
            Assert.Equal(("starting", "run"), (status.GetProperty("state").GetString(), status.GetProperty("run").GetString()));
        }

        Assert.Null(NodeFile.Read(_run.Path));
        Assert.DoesNotContain(Directory.EnumerateFiles(_run.Path), f => f.Contains("node.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Servers_that_start_together_get_ports_of_their_own()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(Start, TestContext.Current.CancellationToken)));
        Assert.Equal(8, servers.Select(s => s.Address).Distinct().Count());
        foreach (var server in servers) server.Dispose();
    }

    [Fact]
    public void A_port_that_is_taken_is_told()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        Assert.Contains(
            $"The port {port} of cacl.http.port is in use",
            Assert.Throws<ListenException>(() => Start(new HttpOptions { Port = port })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "not this machine's",
            Assert.Throws<ListenException>(() => Start(new HttpOptions { Host = "192.0.2.1", Token = "x" })).Message,
            StringComparison.Ordinal);
        Each.Holds(
            (string[])["0.0.0.0", "::", "192.0.2.1"],
            host => Assert.Contains(
                "there is no token", Assert.Throws<ListenException>(() => Start(new HttpOptions { Host = host })).Message, StringComparison.Ordinal));
        Assert.Null(NodeServer.Start(new HttpOptions { Enabled = false }, States.Of(_run)));
    }

    [Theory]
    [InlineData("GET", "/api/status", HttpStatusCode.OK)]
    [InlineData("GET", "/api/status", HttpStatusCode.OK, "Origin: http://evil.example")]
    [InlineData("GET", "/api/status", HttpStatusCode.Forbidden, "Host: evil.example")]
    [InlineData("GET", "/api/status", HttpStatusCode.Forbidden, "Host: 192.0.2.1")]
    [InlineData("GET", "/api/status", HttpStatusCode.OK, "Host: localhost")]
    [InlineData("GET", "/api/status", HttpStatusCode.OK, "Host: [::1]:8080")]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/actors", HttpStatusCode.OK)]
    [InlineData("POST", "/api/pause", HttpStatusCode.ServiceUnavailable, "Content-Type: application/json")]
    [InlineData("POST", "/api/stop", HttpStatusCode.Gone, "Content-Type: application/json", "X-Cacl-Instance: another")]
    [InlineData("POST", "/api/stop", HttpStatusCode.UnsupportedMediaType, "Content-Type: text/plain")]
    [InlineData("POST", "/api/stop", HttpStatusCode.Forbidden, "Content-Type: application/json", "Origin: http://evil.example")]
    [InlineData("POST", "/api/checkpoint", HttpStatusCode.Forbidden, "Content-Type: application/json", "Sec-Fetch-Site: cross-site")]
    [InlineData("PATCH", "/api/settings", HttpStatusCode.BadRequest, "Content-Type: application/json")]
    [InlineData("PATCH", "/api/settings", HttpStatusCode.Forbidden, "Content-Type: application/json", "Origin: null")]
    [InlineData("DELETE", "/api/evaluations", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "/api/evaluations", HttpStatusCode.ServiceUnavailable, "Content-Type: application/json")]
    [InlineData("POST", "/api/evaluations", HttpStatusCode.UnsupportedMediaType, "Content-Type: text/plain")]
    [InlineData("POST", "/api/evaluations", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "/api/evaluations", HttpStatusCode.Forbidden, "Content-Type: application/json", "Origin: http://evil.example")]
    [InlineData("POST", "/api/evaluations", HttpStatusCode.Forbidden, "Content-Type: application/json", "Origin: null")]
    [InlineData("POST", "/api/evaluations", HttpStatusCode.Forbidden, "Content-Type: application/json", "Sec-Fetch-Site: cross-site")]
    [InlineData("POST", "/api/evaluations", HttpStatusCode.Gone, "Content-Type: application/json", "X-Cacl-Instance: another")]
    public async Task Who_may_do_what(string method, string path, HttpStatusCode expected, params string[] headers)
    {
        using var server = Start();
        Assert.Equal(expected, (await SendAsync(server, method, path, "{}", headers)).Status);
    }

    [Fact]
    public async Task This_programs_own_page_may_change_things()
    {
        using var server = Start();
        var own = server.Address.GetLeftPart(UriPartial.Authority);
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            (await SendAsync(server, "POST", "/api/evaluations", "{}", "Content-Type: application/json", $"Origin: {own}")).Status);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("{\"data\":\"x\"}", "no field data")]
    [InlineData("{\"dataset\":3}", "not a text")]
    [InlineData("{\"protocol\":\"cubic\"}", "linear, limited, clusters, knn")]
    [InlineData("{\"variant\":\"slow\"}", "full, quick")]
    public async Task A_body_that_makes_no_sense_is_told(string body, string words)
    {
        using var server = Start();
        var (status, answer) = await SendAsync(server, "POST", "/api/evaluations", body, "Content-Type: application/json");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(words, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var server = Start();
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await SendAsync(server, "POST", "/api/evaluations", new string(' ', 20_000) + "{}", "Content-Type: application/json")).Status);
    }

    [Fact]
    public async Task With_a_token_only_those_who_know_it_come_in()
    {
        using var server = Start(new HttpOptions { Token = "geheim" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(server, "GET", "/api/status", "")).Status);
        Assert.Equal(
            HttpStatusCode.Unauthorized, (await SendAsync(server, "GET", "/api/status", "", "Authorization: Bearer geheimer")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, "GET", "/api/status", "", "Authorization: Bearer geheim")).Status);
        Assert.DoesNotContain("geheim", File.ReadAllText(Path.Combine(_run.Path, NodeFile.Name)), StringComparison.Ordinal);
        Assert.Contains("CACL_HTTP_TOKEN", Told(""), StringComparison.Ordinal);
        Assert.Contains("not begun yet", Told("geheim"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lines_of_the_evaluations_are_an_array()
    {
        using var server = Start();
        Assert.Equal("[]\n", (await SendAsync(server, "GET", "/api/evaluations", "")).Body);
        File.WriteAllText(_run.Evaluations, "{\"step\":1}\n{\"step\":2}\n{\"st");
        Assert.Equal("[{\"step\":1},{\"step\":2}]\n", (await SendAsync(server, "GET", "/api/evaluations", "")).Body);
    }

    [Fact]
    public void A_caller_is_told_when_nothing_runs()
    {
        Assert.Contains(
            "holds no run", Assert.Throws<RunFolderException>(() => NodeClient.Find(_run.Path, "", "Do that.")).Message,
            StringComparison.Ordinal);
        File.WriteAllText(_run.ResolvedConfiguration, "");
        Assert.Contains(
            "not running, or cacl.http.enabled is false. Do that.",
            Assert.Throws<NodeClientException>(() => NodeClient.Find(_run.Path, "", "Do that.")).Message, StringComparison.Ordinal);
        new NodeFile(new Uri("http://127.0.0.1:9"), int.MaxValue, "x").Write(_run.Path, DateTimeOffset.Now);
        Assert.Contains("is not running any more", Told(""), StringComparison.Ordinal);
        // The address of a killed run now belongs to another run.
        using var server = Start();
        new NodeFile(server.Address, int.MaxValue, "former").Write(_run.Path, DateTimeOffset.Now);
        Assert.Contains("is not running any more", Told(""), StringComparison.Ordinal);
    }

    private NodeServer Start() => Start(new HttpOptions());

    private NodeServer Start(HttpOptions options) => NodeServer.Start(options, States.Of(_run))!;

    private string Told(string token)
    {
        using var client = NodeClient.Find(_run.Path, token, "Do that.");
        return Assert.Throws<NodeClientException>(() => client.Post("/api/evaluations", [], "Do that.")).Message;
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(
        NodeServer server, string method, string path, string body, params string[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, path));
        if (method is "POST" or "PATCH") request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var header in headers)
        {
            var (name, value) = (
                header[..header.IndexOf(':', StringComparison.Ordinal)],
                header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            if (name == "Content-Type") request.Content!.Headers.Add(name, value);
            else request.Headers.Add(name, value);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
