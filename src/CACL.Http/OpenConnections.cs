using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CACL.Http;

/// <summary>
/// Limits the open connections. No client waits for a place: where all are taken, a new connection is served at once, and the one that has
/// been idle the longest is closed. A connection is idle while its client has to act: to send a request or the rest of one, or to read a
/// response. Only the moment at which it became idle counts, so a client that sends or reads a byte now and then keeps no place.
/// Thread-safe.
/// </summary>
/// <param name="limits">How many there may be, and how long a response may take.</param>
/// <param name="clock">Measures how long each has been idle.</param>
/// <param name="evicted">Called each time that one is closed for another.</param>
internal sealed class OpenConnections(HttpLimits limits, TimeProvider clock, Action evicted)
{
    private readonly Lock _gate = new();
    private readonly List<OpenConnection> _open = [];

    /// <summary>Serves a connection and counts it until it ends.</summary>
    public async Task ServeAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = new OpenConnection(context, clock);
        context.Features.Set(connection);
        if (Enter(connection) is { } idlest)
        {
            idlest.Close();
            evicted();
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _open.Remove(connection);
        }
    }

    /// <summary>Has a request answered that has arrived whole; its connection is busy until the response begins.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var connection = context.Features.GetRequiredFeature<OpenConnection>();
        var isStream = context.GetEndpoint()?.Metadata.GetMetadata<StreamingAnswer>() is not null;
        // A client that does not read its response holds the memory of it.
        using var limit = new CancellationTokenSource(isStream ? Timeout.InfiniteTimeSpan : limits.AnswerTimeout);
        await using var closing = limit.Token.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context).ConfigureAwait(false);
        connection.MarkBusy(isStream ? null : limits.BusyTimeout);
        if (!isStream)
        {
            context.Response.OnStarting(() =>
            {
                connection.MarkIdle();
                return Task.CompletedTask;
            });
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            connection.MarkIdle();
        }
    }

    private OpenConnection? Enter(OpenConnection connection)
    {
        lock (_gate)
        {
            var idlest = _open.Count < limits.Connections ? null : _open.MinBy(c => c.IdleSince);
            // It is removed now, not when it has ended: otherwise the next new connection would close the same one.
            if (idlest is not null) _open.Remove(idlest);
            _open.Add(connection);
            return idlest;
        }
    }

    /// <summary>A connection and the moment at which it became idle.</summary>
    private sealed class OpenConnection(ConnectionContext context, TimeProvider clock)
    {
        private long _idleSince = clock.GetTimestamp();

        /// <summary>A timestamp of the clock; in the future while the connection is busy.</summary>
        public long IdleSince => Volatile.Read(ref _idleSince);

        /// <summary>Marks it busy for a time at most; null: until <see cref="MarkIdle"/>.</summary>
        public void MarkBusy(TimeSpan? time)
        {
            var end = time is { } some ? clock.GetTimestamp() + (long)(some.TotalSeconds * clock.TimestampFrequency) : long.MaxValue;
            Volatile.Write(ref _idleSince, end);
        }

        /// <summary>Marks it idle: its client has to act.</summary>
        public void MarkIdle() => Volatile.Write(ref _idleSince, clock.GetTimestamp());

        public void Close() => context.Abort(new ConnectionAbortedException("Others came, and this connection had been idle the longest."));
    }
}

/// <summary>Marks an endpoint whose response goes on for as long as the client listens.</summary>
internal sealed class StreamingAnswer;
