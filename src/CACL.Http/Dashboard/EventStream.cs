using System.Text;
using Microsoft.AspNetCore.Http;

namespace CACL.Http.Dashboard;

/// <summary>Server-sent events to one client: gathered, then sent together. A client that does not take them in time is left.</summary>
internal sealed class EventStream(HttpContext context, TimeSpan deadline)
{
    private readonly StringBuilder _waiting = new();

    /// <summary>An event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="json">Its data, JSON on one line.</param>
    public void Add(string type, string json) => _waiting.Append("event: ").Append(type).Append("\ndata: ").Append(json).Append("\n\n");

    /// <summary>Shows that the line is alive.</summary>
    public void AddHeartbeat() => _waiting.Append(": alive\n\n");

    /// <summary>Sends what was gathered.</summary>
    /// <exception cref="OperationCanceledException">The client is gone, or too slow; its connection is closed.</exception>
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
