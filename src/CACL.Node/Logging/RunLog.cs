using System.Collections.Concurrent;
using CACL.Node.Display;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace CACL.Node.Logging;

/// <summary>
/// The program's log during a run: readable lines on the screen, compact JSON in the run folder. It becomes Serilog's global logger, to
/// which <see cref="SerilogAkkaLogger"/> forwards; disposing writes out what is left.
/// </summary>
internal sealed class RunLog : IDisposable
{
    private const long FileBytes = 256L << 20;
    private const int Files = 16;

    /// <summary>Time in which the last lines may reach a receiver when the log ends; the file already has them.</summary>
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(5);

    private readonly Logger _logger;

    private readonly LoggingLevelSwitch _level;

    private RunLog(Logger logger, LoggingLevelSwitch level)
    {
        _logger = logger;
        _level = level;
    }

    /// <summary>The lowest level that is logged; may be changed at any time.</summary>
    public LogEventLevel Level
    {
        get => _level.MinimumLevel;
        set => _level.MinimumLevel = value;
    }

    /// <summary>Starts logging.</summary>
    /// <param name="file">The run folder's train.log, to which a resumed run appends. At 256 MiB it rolls over, and the newest 16 files are
    /// kept.</param>
    /// <param name="level">The lowest level that is logged.</param>
    /// <param name="screen">The screen on which lines are shown, or null.</param>
    /// <param name="remote">Adds remote receivers; null: none.</param>
    public static RunLog Start(
        string file, LogEventLevel level, Screen? screen, Action<LoggerSinkConfiguration>? remote = null)
    {
        TellFirstFault(file, screen);
        var shown = new LoggingLevelSwitch(level);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(shown)
            .Enrich.FromLogContext()
            .WriteTo.File(
                new CompactJsonFormatter(), file, fileSizeLimitBytes: FileBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: Files);
        if (screen is not null) configuration = configuration.WriteTo.Sink(new ScreenSink(screen));
        if (remote is not null)
            configuration = configuration.WriteTo.Logger(sinks => remote(sinks.MinimumLevel.Verbose().WriteTo));
        var logger = configuration.CreateLogger();
        Log.Logger = logger;
        return new RunLog(logger, shown);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ReferenceEquals(Log.Logger, _logger)) Log.Logger = Logger.None;
        try
        {
            // A receiver that does not answer must not delay the end of the program.
            Task.Run(_logger.Dispose).Wait(LastLines);
        }
        catch (AggregateException e)
        {
            // The last lines may have found no space, for example. That must not replace what ended the program.
            SelfLog.WriteLine("{0}", e.InnerException?.Message ?? e.Message);
        }

        SelfLog.Disable();
    }

    // Serilog says when, in which of its parts and of which type an exception was; people need its message.
    private static string Cause(string fault)
    {
        const string Type = "Exception: ";
        var line = fault.Split('\n')[0].Trim();
        var at = line.LastIndexOf(Type, StringComparison.Ordinal);
        return at < 0 ? line : line[(at + Type.Length)..];
    }

    // A log that cannot be written must not stop a run, nor flood the screen; one line says which part of it is missing.
    private static void TellFirstFault(string file, Screen? screen)
    {
        var told = new ConcurrentDictionary<string, bool>();
        SelfLog.Enable(fault =>
        {
            var what = fault.Contains("Sinks.Seq", StringComparison.Ordinal) ? "The log does not reach Seq"
                : fault.Contains("Sinks.OpenTelemetry", StringComparison.Ordinal) ? "The log does not reach the OpenTelemetry collector"
                : $"The log {file} cannot be written";
            if (!told.TryAdd(what, true)) return;
            var line = $"{what}: {Cause(fault)}";
            screen?.Line(line, new Spectre.Console.Style(Spectre.Console.Color.Red));
            if (!what.EndsWith("written", StringComparison.Ordinal)) Log.ForContext(ScreenSink.FileOnly, true).Warning("{Fault:l}", line);
        });
    }
}
