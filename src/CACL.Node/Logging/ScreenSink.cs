using System.Globalization;
using CACL.Node.Display;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;
using Spectre.Console;

namespace CACL.Node.Logging;

/// <summary>Writes log events as readable lines on the screen. Stack traces are in the log file.</summary>
internal sealed class ScreenSink(Screen screen) : ILogEventSink
{
    private readonly MessageTemplateTextFormatter _format = new(
        "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}", CultureInfo.InvariantCulture);

    /// <summary>A property of events that only the log file receives, because the screen shows the same in another way.</summary>
    public const string FileOnly = "FileOnly";

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (logEvent.Properties.ContainsKey(FileOnly)) return;
        using var text = new StringWriter();
        _format.Format(logEvent, text);
        screen.Line(text.ToString().TrimEnd(), Style(logEvent.Level));
    }

    private static Style Style(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => new Style(Color.Grey),
        LogEventLevel.Warning => new Style(Color.Yellow),
        LogEventLevel.Error or LogEventLevel.Fatal => new Style(Color.Red),
        _ => Spectre.Console.Style.Plain,
    };
}
