using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CACL.Node.Tests.Telemetry;

/// <summary>A server that reads requests and hangs up without a response.</summary>
internal sealed class HangsUp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private Task _listening = Task.CompletedTask;

    /// <summary>First lines of the requests so far.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public static HangsUp Start()
    {
        var server = new HangsUp();
        server._listener.Start();
        server._listening = server.ListenAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _listening;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                using var reader = new StreamReader(client.GetStream());
                if (await reader.ReadLineAsync(_over.Token) is { } line) Asked.Enqueue(line);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client closed first, or the test is over.
            }
        }
    }
}
