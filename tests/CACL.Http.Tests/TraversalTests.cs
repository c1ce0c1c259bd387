using System.Net.Sockets;
using System.Text;
using CACL.Http.Server;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Http.Tests;

/// <summary>Sends paths that would lead out of the run folder unchanged; the usual client would normalise them.</summary>
public sealed class TraversalTests : IDisposable
{
    private const string Secret = "for nobody's eyes";

    private static readonly string[] Ways =
    [
        "..", "../", "../..", "..%2f", "%2e%2e/", "%2e%2e%2f", "%252e%252e%252f", "..%5c", "..\\", "..%c0%af",
        "....//", ".%2e/", "..;/", "./../", "/../", "//../", "%2f..%2f", "..%00/", "%ff../", "..%u2215",
        "..%ef%bc%8f", "%c0%ae%c0%ae/", "..//", "..././", "x/../../", "checkpoints/../../", "%5c..%5c", "~/../", "file:///", "C:%5c",
        "..%252f", "%252e%252e%255c", "..%c1%9c", "..%c0%2f", "%e0%80%ae%e0%80%ae/", "%f0%80%80%ae%f0%80%80%ae/", "..%5c/", "..\\/", "..%09/",
        "..%20/", "..%0a/", "..%3f/", "..%23/", "../.", "..././../", "/%2e/%2e%2e/", "/./.././", "%2e%2e%00%2f", "\\\\localhost\\",
        "/proc/self/root/",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;
    private readonly NodeServer _server;

    public TraversalTests()
    {
        _run = RunFolder.Open(_folder.File("run"), RunStart.New);
        File.WriteAllText(_folder.File("secret.txt"), Secret);
        _server = NodeServer.Start(new HttpOptions(), States.Of(_run))!;
    }

    public void Dispose()
    {
        _server.Dispose();
        _run.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nothing_outside_the_run_folder_is_reached()
    {
        Assert.Equal(50, Ways.Length);
        foreach (var prefix in (string[])["/", "/api/", "/api/evaluations/", "/api/quarantine/", "/api/batch/"])
        {
            foreach (var way in Ways)
            {
                foreach (
                    var target in (string[])[$"{prefix}{way}secret.txt", $"{prefix}{way}{_folder.File("secret.txt")}",
                        $"/api/quarantine?path={way}secret.txt"])
                {
                    var answer = await RawAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                    Assert.DoesNotContain(Secret, answer, StringComparison.Ordinal);
                    Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
                    Assert.False(answer.StartsWith("HTTP/1.1 5", StringComparison.Ordinal), $"{target}: {answer}");
                }
            }
        }
    }

    private async Task<string> RawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server.Address.Host, _server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
