using System.Collections.Concurrent;
using System.Text;
using CACL.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CACL.Node.Tests.Telemetry;

/// <summary>A small server that accepts whatever is posted to it.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Receiver(WebApplication application)
    {
        _application = application;
    }

    public ConcurrentQueue<(string Path, IHeaderDictionary Headers, string Body)> Received { get; } = [];

    public Uri Address => new(_application.Urls.Single());

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var receiver = new Receiver(application);
        application.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            receiver.Received.Enqueue((
                context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary()),
                Encoding.Latin1.GetString(body.ToArray())));
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        await application.StartAsync();
        return receiver;
    }

    /// <summary>Waits for a request that satisfies a condition.</summary>
    public (string Path, IHeaderDictionary Headers, string Body) Await(
        Func<(string Path, IHeaderDictionary Headers, string Body), bool> wanted)
    {
        Eventually.Holds(() => Received.Any(wanted));
        return Received.First(wanted);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
