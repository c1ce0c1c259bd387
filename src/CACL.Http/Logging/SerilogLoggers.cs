using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CACL.Http.Logging;

/// <summary>Forwards to Serilog what the web server logs, from warnings on, within the limit.</summary>
internal sealed class SerilogLoggers(LogLimit limit) : ILoggerProvider
{
    /// <inheritdoc/>
    public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => new Forwarder(categoryName, limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The run owns Serilog's logger.
    }

    private sealed class Forwarder(string category, LogLimit limit) : Microsoft.Extensions.Logging.ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var level = logLevel == LogLevel.Warning ? LogEventLevel.Warning : LogEventLevel.Error;
            var message = formatter(state, exception);
            limit.Write((category, eventId.Id, exception?.GetType()), count =>
            {
                var log = Serilog.Log.ForContext("SourceContext", category);
                if (count == 1) log.Write(level, exception, "{Message:l}", message);
                else log.Write(level, exception, "{Message:l} (The last of {Count} such lines within a minute)", message, count);
            });
        }
    }
}
