using Akka.Actor;
using Akka.Event;
using Serilog;
using Serilog.Events;
using LogEvent = Akka.Event.LogEvent;

namespace CACL.Node.Logging;

/// <summary>
/// Forwards Akka's log events to Serilog: level, actor path, message template with its arguments as properties, exception. It is named in
/// <c>akka.loggers</c> and created by the actor system. Its mailbox is an ordinary one: the mailbox of Akka's own loggers prints what is
/// left in it on standard output, and at the end that is only the message that it shuts down.
/// </summary>
internal sealed class SerilogAkkaLogger : ReceiveActor
{
    /// <summary>Called by the actor system.</summary>
    public SerilogAkkaLogger()
    {
        Receive<InitializeLogger>(_ =>
        {
            Context.System.EventStream.Subscribe<Flush>(Self);
            Sender.Tell(new LoggerInitialized());
        });
        Receive<LogEvent>(Forward);
        Receive<Flush>(flush => flush.Done.TrySetResult());
    }

    /// <summary>Waits until everything that actors have logged so far has reached Serilog; gives up after a while.</summary>
    public static void WaitUntilWritten(ActorSystem system, TimeSpan deadline)
    {
        var flush = new Flush(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        system.EventStream.Publish(flush);
        flush.Done.Task.Wait(deadline);
    }

    /// <summary>Forwards an event to Serilog's global logger, which the program sets before it starts an actor system.</summary>
    internal static void Forward(LogEvent e)
    {
        var level = Level(e);
        var logger = Log.Logger;
        if (!logger.IsEnabled(level)) return;
        logger = logger.ForContext("LogSource", e.LogSource).ForContext("SourceContext", e.LogClass.FullName);
        if (e.Message is LogMessage message) logger.Write(level, e.Cause, message.Format, [.. message.Parameters()]);
        else logger.Write(level, e.Cause, "{Message:l}", e.Message?.ToString());
    }

    private sealed record Flush(TaskCompletionSource Done);

    // A cluster's machinery tells of each connection and each of its own steps; what they come to, the actors of a run say.
    private static LogEventLevel Level(LogEvent e)
    {
        var level = Level(e.LogLevel());
        var source = e.LogClass.FullName ?? "";
        if (source.StartsWith("Akka.Remote.Transport.DotNetty", StringComparison.Ordinal) && level == LogEventLevel.Warning) return level;
        return source.StartsWith("Akka.Remote", StringComparison.Ordinal) || source.StartsWith("Akka.Cluster", StringComparison.Ordinal)
            || e.LogSource.StartsWith("remoting", StringComparison.Ordinal)
            || e.LogSource.Contains("/system/endpointManager", StringComparison.Ordinal)
            ? LogEventLevel.Debug
            : level;
    }

    private static LogEventLevel Level(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => LogEventLevel.Debug,
        LogLevel.InfoLevel => LogEventLevel.Information,
        LogLevel.WarningLevel => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
