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
        var level = Level(e.LogLevel());
        var logger = Log.Logger;
        if (!logger.IsEnabled(level)) return;
        logger = logger.ForContext("LogSource", e.LogSource).ForContext("SourceContext", e.LogClass.FullName);
        if (e.Message is LogMessage message) logger.Write(level, e.Cause, message.Format, [.. message.Parameters()]);
        else logger.Write(level, e.Cause, "{Message:l}", e.Message?.ToString());
    }

    private sealed record Flush(TaskCompletionSource Done);

    private static LogEventLevel Level(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => LogEventLevel.Debug,
        LogLevel.InfoLevel => LogEventLevel.Information,
        LogLevel.WarningLevel => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
