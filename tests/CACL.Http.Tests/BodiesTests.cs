using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Http.Tests;

/// <summary>Sends bodies that the real server refuses to each endpoint, whether it reads one or not.</summary>
public sealed class BodiesTests : IDisposable
{
    private static readonly (string Method, string Path)[] Endpoints =
    [
        ("POST", "/api/pause"), ("POST", "/api/resume"), ("POST", "/api/stop"), ("POST", "/api/checkpoint"), ("POST", "/api/evaluations"),
        ("PATCH", "/api/settings"), ("GET", "/"), ("GET", "/api/status"), ("GET", "/api/events"), ("GET", "/api/evaluations"),
        ("GET", "/api/metrics"), ("GET", "/api/quarantine"), ("GET", "/api/actors"), ("GET", "/api/batch"), ("POST", "/nothing"),
        ("DELETE", "/api/settings"),
    ];

    private static readonly byte[] Noise = Noisy(new HttpLimits().BodyBytes + 1);

    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly NodeServer _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public BodiesTests()
    {
        _run = RunFolder.Open(_folder.File("run"), RunStart.New);
        _server = NodeServer.Start(new HttpOptions(), States.Of(_run))!;
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task One_that_is_too_large_is_refused_everywhere(bool chunked, bool compressed)
    {
        var body = compressed ? Compress(Noise) : Noise;
        Assert.True(body.Length > new HttpLimits().BodyBytes);
        foreach (var (method, path) in Endpoints)
        {
            var (status, sentence, _) = await SendAsync(method, path, body, chunked, compressed);
            Assert.True(status == HttpStatusCode.RequestEntityTooLarge, $"{method} {path}: {status} {sentence}");
            Assert.Equal("The body is larger than 16384 bytes, the most that is accepted here. Send less.", sentence);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_is_compressed_is_refused_everywhere_however_small_it_is(bool chunked)
    {
        // Sixteen megabytes once they are unpacked.
        var body = Compress(new byte[16 << 20]);
        Assert.InRange(body.Length, 1, new HttpLimits().BodyBytes);
        foreach (var (method, path) in Endpoints)
        {
            var (status, sentence, coding) = await SendAsync(method, path, body, chunked, compressed: true);
            Assert.True(status == HttpStatusCode.UnsupportedMediaType, $"{method} {path}: {status} {sentence}");
            Assert.StartsWith("The body is compressed. Send it uncompressed", sentence, StringComparison.Ordinal);
            Assert.Equal("identity", coding);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_as_large_as_is_taken_is_read(bool chunked)
    {
        var body = new byte[new HttpLimits().BodyBytes];
        body.AsSpan().Fill((byte)' ');
        "{\"x\":1}"u8.CopyTo(body);
        var (status, sentence, _) = await SendAsync("PATCH", "/api/settings", body, chunked, compressed: false);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("There is no setting x", sentence, StringComparison.Ordinal);
    }

    // Many clients send everything before they read a response, and would see a broken connection.
    [Theory]
    [InlineData(false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(true, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(false, HttpStatusCode.Forbidden, "Origin: http://evil.example")]
    [InlineData(true, HttpStatusCode.Forbidden, "Origin: http://evil.example")]
    public async Task The_answer_arrives_however_much_is_sent(bool chunked, HttpStatusCode expected, string header = "")
    {
        for (var i = 0; i < 5; i++)
        {
            var (status, sentence, _) = await SendAsync("PATCH", "/api/settings", new byte[4 << 20], chunked, compressed: false, header);
            Assert.True(status == expected, $"{status} {sentence}");
        }
    }

    private static byte[] Noisy(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private async Task<(HttpStatusCode Status, string? Sentence, string? Coding)> SendAsync(
        string method, string path, byte[] body, bool chunked, bool compressed, string header = "")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_server.Address, path));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (compressed) request.Content.Headers.ContentEncoding.Add("gzip");
        if (header.Split(": ") is [var name, var value]) request.Headers.Add(name, value);
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        answer.Headers.TryGetValues("Accept-Encoding", out var codings);
        return (answer.StatusCode, json.RootElement.GetProperty("error").GetString(), codings?.Single());
    }
}
