using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CACL.Http;

/// <summary>
/// The connections that are open. Nobody waits for a place: where all are taken, a connection that comes in is served at once, and the one
/// that has been idle the longest is closed. A connection is idle while its client is to do something: to send a request, the rest of
/// one, or to take an answer. What counts is since when, so neither sending nor reading a byte now and then keeps a place. Thread-safe.
/// </summary>
/// <param name="limits">How many there may be, and how long an answer may take.</param>
/// <param name="clock">Tells how long each has been idle.</param>
/// <param name="crowded">Told each time that one is closed for another.</param>
internal sealed class OpenConnections(HttpLimits limits, TimeProvider clock, Action crowded)
{
    private readonly Lock _gate = new();
    private readonly List<OpenConnection> _open = [];

    /// <summary>Around all that happens on a connection.</summary>
    public async Task ServeAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = new OpenConnection(context, clock);
        context.Features.Set(connection);
        if (Enter(connection) is { } idlest)
        {
            idlest.Close();
            crowded();
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

    /// <summary>Around the answer to a request that has arrived whole.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var connection = context.Features.GetRequiredFeature<OpenConnection>();
        var isStream = context.GetEndpoint()?.Metadata.GetMetadata<EndlessAnswer>() is not null;
        // Whoever does not take his answer holds the memory of it.
        using var limit = new CancellationTokenSource(isStream ? Timeout.InfiniteTimeSpan : limits.Answer);
        await using var closing = limit.Token.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context).ConfigureAwait(false);
        connection.IsBusy(isStream ? null : limits.Answering);
        if (!isStream)
        {
            context.Response.OnStarting(() =>
            {
                connection.IsIdle();
                return Task.CompletedTask;
            });
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            connection.IsIdle();
        }
    }

    private OpenConnection? Enter(OpenConnection connection)
    {
        lock (_gate)
        {
            var idlest = _open.Count < limits.Connections ? null : _open.MinBy(c => c.IdleSince);
            // At once, not when it has ended: the next to come in closes another.
            if (idlest is not null) _open.Remove(idlest);
            _open.Add(connection);
            return idlest;
        }
    }

    /// <summary>A connection, and since when it has been idle.</summary>
    private sealed class OpenConnection(ConnectionContext context, TimeProvider clock)
    {
        private long _idleSince = clock.GetTimestamp();

        /// <summary>A time stamp of the clock's; in the future while it is busy.</summary>
        public long IdleSince => Volatile.Read(ref _idleSince);

        /// <summary>An answer is being made, which takes no longer than this; null: it has no end.</summary>
        public void IsBusy(TimeSpan? time)
        {
            var end = time is { } some ? clock.GetTimestamp() + (long)(some.TotalSeconds * clock.TimestampFrequency) : long.MaxValue;
            Volatile.Write(ref _idleSince, end);
        }

        /// <summary>It is the client's turn.</summary>
        public void IsIdle() => Volatile.Write(ref _idleSince, clock.GetTimestamp());

        public void Close() => context.Abort(new ConnectionAbortedException("Others came, and this connection had been idle the longest."));
    }
}

/// <summary>Marks an endpoint whose answer goes on as long as somebody listens.</summary>
internal sealed class EndlessAnswer;
