using System.Net;
using System.Net.Sockets;
using CACL.Data.Wording;
using CACL.Http.Endpoints;
using CACL.Http.Logging;
using CACL.Runs.Folder;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;

namespace CACL.Http.Server;

/// <summary>
/// Serves a run over HTTP. It listens from the moment it is started and answers a moment later. Its own failures are logged and never
/// reach the training.
/// </summary>
public sealed class NodeServer : IDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    private readonly NodeFile _file;
    private readonly LogLimit _log;
    private readonly Task<WebApplication?> _application;

    private NodeServer(NodeState state, NodeFile file, LogLimit log, Task<WebApplication?> application)
    {
        State = state;
        _file = file;
        _log = log;
        _application = application;
    }

    /// <summary>What the endpoints know of the run.</summary>
    public NodeState State { get; }

    /// <summary>The address at which it answers.</summary>
    public Uri Address => _file.Address;

    /// <summary>Starts a server; returns null where HTTP is switched off or no port is free.</summary>
    /// <param name="options">Where it listens, and who may call.</param>
    /// <param name="state">What the endpoints know of the run.</param>
    /// <param name="limits">What callers may take up; null: the usual limits.</param>
    /// <exception cref="ListenException">The address or port asked for cannot be had, or others can reach it and there is no
    /// token.</exception>
    public static NodeServer? Start(HttpOptions options, NodeState state, HttpLimits? limits = null)
    {
        if (!options.Enabled) return null;
        limits ??= new HttpLimits();
        if (!options.IsLoopback && options.Token.Length == 0)
            throw new ListenException(
                $"Others can reach {options.Host} of {SettingNames.HttpHost}, and there is no token. Set CACL_HTTP_TOKEN to a long random "
                    + "text, or take 127.0.0.1.");
        if (ListenSocket.Open(options, limits) is not { } socket)
        {
            Log.Warning("No port from 8080 on is free: the run goes on without HTTP. Name another one with " + SettingNames.HttpPort);
            return null;
        }

        var endpoint = (IPEndPoint)socket.LocalEndPoint!;
        var file = new NodeFile(AddressOf(endpoint), Environment.ProcessId, state.Instance);
        try
        {
            file.Write(state.Folder.Path, DateTimeOffset.Now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Warning(
                "{File} cannot be written ({Cause}): " + CommandLines.Trigger + " will not find this run", NodeFile.Name, e.Message);
        }

        Log.Information(
            "Dashboard and API: {Address}{Token}", file.Address.GetLeftPart(UriPartial.Authority),
            options.Token.Length > 0 ? ", with the token" : "");
        var log = new LogLimit(TimeProvider.System);
        return new NodeServer(state, file, log, Task.Run(() => ServeAsync(options, state, limits, log, socket, endpoint)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Remove(State.Folder.Path);
        try
        {
            StopAsync().Wait(2 * StopTime);
        }
        catch (AggregateException e)
        {
            Log.Debug(e, "The HTTP endpoint did not stop in order");
        }

        _log.Dispose();
    }

    private async Task StopAsync()
    {
        if (await _application.ConfigureAwait(false) is not { } application) return;
        using var limit = new CancellationTokenSource(StopTime);
        await application.StopAsync(limit.Token).ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<WebApplication?> ServeAsync(
        HttpOptions options, NodeState state, HttpLimits limits, LogLimit log, Socket socket, IPEndPoint endpoint)
    {
        try
        {
            var application = Build(options, state, limits, log, socket, endpoint);
            await application.StartAsync().ConfigureAwait(false);
            return application;
        }
        catch (Exception e)
        {
            // A training of days must not end because of its server.
            Log.Error(e, "The HTTP endpoint could not start: {Cause} The run goes on without it", e.Message);
            socket.Dispose();
            return null;
        }
    }

    // An empty builder reads neither files of the current folder nor variables of the environment.
    private static WebApplication Build(
        HttpOptions options, NodeState state, HttpLimits limits, LogLimit log, Socket socket, IPEndPoint endpoint)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "cacl" });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new SerilogLoggers(log));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTime);
        builder.Services.Configure<SocketTransportOptions>(o =>
        {
            o.CreateBoundListenSocket = _ => socket;
            o.MaxReadBufferSize = o.MaxWriteBufferSize = limits.BufferBytes;
        });
        void LogEvicted(int count) => Log.Warning(
            "More than {Connections} connections to {Address} are open; closed for new ones, because idle the longest: {Count}",
            limits.Connections,
            endpoint,
            count);
        var connections = new OpenConnections(limits, TimeProvider.System, () => log.Write(nameof(OpenConnections), LogEvicted));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.DiscardedBytes;
            kestrel.Limits.MaxRequestBufferSize = kestrel.Limits.MaxResponseBufferSize = limits.BufferBytes;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.BodyRate, limits.BodyTimeout);
            kestrel.Limits.RequestHeadersTimeout = limits.HeadersTimeout;
            kestrel.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
            kestrel.Listen(endpoint, listen =>
            {
                // HTTP/1 has one request at a time on a connection, so a connection is either idle or busy.
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => context => connections.ServeAsync(context, next));
            });
        });
        var application = builder.Build();
        application.Use(new ExceptionHandler(limits, log).HandleAsync);
        application.Use(new RequestGuard(options, new TokenGuesses(limits, TimeProvider.System, log)).AdmitAsync);
        application.Use(new Bodies(limits).TakeAsync);
        application.Use(connections.AnswerAsync);
        NodeEndpoints.Map(application, state, limits);
        return application;
    }

    private static Uri AddressOf(IPEndPoint endpoint)
    {
        var reachable = endpoint.Address.Equals(IPAddress.Any)
            ? IPAddress.Loopback
            : endpoint.Address.Equals(IPAddress.IPv6Any)
            ? IPAddress.IPv6Loopback
            : endpoint.Address;
        return new Uri($"http://{new IPEndPoint(reachable, endpoint.Port)}");
    }

    /// <summary>Leaves signals to the run.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
