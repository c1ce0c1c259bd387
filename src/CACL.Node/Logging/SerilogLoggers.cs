using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CACL.Node.Logging;

/// <summary>Hands what the web server logs to Serilog, from warnings on.</summary>
internal sealed class SerilogLoggers : ILoggerProvider
{
    /// <inheritdoc/>
    public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => new Forwarder(categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Serilog's logger belongs to the run.
    }

    private sealed class Forwarder(string category) : Microsoft.Extensions.Logging.ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var level = logLevel == LogLevel.Warning ? LogEventLevel.Warning : LogEventLevel.Error;
            Serilog.Log.ForContext("SourceContext", category).Write(level, exception, "{Message:l}", formatter(state, exception));
        }
    }
}
