using System.Text;
using Microsoft.AspNetCore.Http;

namespace CACL.Http.Dashboard;

/// <summary>Gathers server-sent events for one client and sends them together; cuts off a client that reads too slowly.</summary>
internal sealed class EventStream(HttpContext context, TimeSpan deadline)
{
    private readonly StringBuilder _waiting = new();

    /// <summary>Adds an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="json">Its data, JSON on one line.</param>
    public void Add(string type, string json) => _waiting.Append("event: ").Append(type).Append("\ndata: ").Append(json).Append("\n\n");

    /// <summary>Adds a comment that shows that the connection is alive.</summary>
    public void AddHeartbeat() => _waiting.Append(": alive\n\n");

    /// <summary>Sends the events gathered since the last call.</summary>
    /// <exception cref="OperationCanceledException">The client has gone, or is too slow; its connection is closed.</exception>
    public async Task SendAsync()
    {
        context.RequestAborted.ThrowIfCancellationRequested();
        if (_waiting.Length == 0) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(deadline);
        try
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(_waiting.ToString()), limit.Token).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            throw;
        }

        _waiting.Clear();
    }
}
