using System.Net;
using System.Text;
using CACL.Http;
using CACL.Http.Server;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Fuzz.Tests.Targets;

/// <summary>Sends bodies to the real server: the first byte of an input chooses the endpoint, the rest is the body.</summary>
internal sealed class HttpTarget : IFuzzTarget
{
    private static readonly (string Method, string Path)[] Endpoints =
    [
        ("PATCH", "/api/settings"), ("POST", "/api/evaluations"), ("POST", "/api/pause"), ("POST", "/api/resume"), ("POST", "/api/stop"),
        ("POST", "/api/checkpoint"),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly NodeServer _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public HttpTarget()
    {
        _run = RunFolder.Open(_folder.File("run"), RunStart.New);
        _server = NodeServer.Start(new HttpOptions(), new NodeState(_run) { Method = new CaclOptions().Describe() })!;
    }

    public IEnumerable<byte[]> Seeds =>
    [
        Input(0, """{"learning_rate_factor":0.5,"loss_weights":{"global":1}}"""),
        Input(0, """{"log_level":"debug","decoders":2}"""),
        Input(1, """{"dataset":"camvid","protocol":"linear","variant":"quick"}"""),
        Input(1, """{"dataset":null}"""),
        Input(2, "{}"), Input(3, ""), Input(4, "{}"), Input(5, "null"),
    ];

    public IReadOnlyList<string> Words =>
    [
        "learning_rate_factor", "loss_weights", "global", "checkpoint_every", "log_level", "dataset", "protocol", "variant", "\\ud800",
        "\\u0000", "1e999", "-0", "null", "{", "}", "[[[[[[", "{\"a\":", "\"", ":", ",", "9223372036854775808",
    ];

    public bool Read(byte[] input)
    {
        var (method, path) = Endpoints[(input.Length > 0 ? input[0] : 0) % Endpoints.Length];
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_server.Address, path));
        request.Content = new ByteArrayContent(input.Length > 0 ? input[1..] : input);
        request.Content.Headers.Add("Content-Type", "application/json");
        using var response = _http.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var answer = reader.ReadToEnd();
        // The training of this server never begins, which is the only fault that is its own.
        if (response.StatusCode >= HttpStatusCode.InternalServerError)
            Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Contains("not begun", StringComparison.Ordinal), answer);
        return response.StatusCode == HttpStatusCode.ServiceUnavailable;
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    private static byte[] Input(byte endpoint, string body) => [endpoint, .. Encoding.UTF8.GetBytes(body)];
}
