using CACL.Node.Display;
using Serilog;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace CACL.Node.Logging;

/// <summary>
/// The program's log while a run goes on: readable lines on the screen, compact JSON in the run folder. Becomes Serilog's global logger,
/// to which <see cref="SerilogAkkaLogger"/> forwards; disposing writes out what is left.
/// </summary>
internal sealed class RunLog : IDisposable
{
    private const long FileBytes = 256L << 20;
    private const int Files = 16;

    private readonly Logger _logger;

    private RunLog(Logger logger)
    {
        _logger = logger;
    }

    /// <summary>Starts logging.</summary>
    /// <param name="file">train.log of the run folder; a resumed run appends. At 256 MiB it rolls over, and the newest 16 files stay.</param>
    /// <param name="level">Least severe events that are logged.</param>
    /// <param name="screen">Where lines are shown, or null.</param>
    public static RunLog Start(string file, LogEventLevel level, Screen? screen)
    {
        TellFirstFault(file, screen);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .Enrich.FromLogContext()
            .WriteTo.File(new CompactJsonFormatter(), file, fileSizeLimitBytes: FileBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: Files);
        if (screen is not null) configuration = configuration.WriteTo.Sink(new ScreenSink(screen));
        var logger = configuration.CreateLogger();
        Log.Logger = logger;
        return new RunLog(logger);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ReferenceEquals(Log.Logger, _logger)) Log.Logger = Logger.None;
        _logger.Dispose();
        SelfLog.Disable();
    }

    // A log that cannot be written must not stop a run, nor fill the screen; one line says that it is missing.
    private static void TellFirstFault(string file, Screen? screen)
    {
        var told = 0;
        SelfLog.Enable(fault =>
        {
            if (Interlocked.Exchange(ref told, 1) == 0) screen?.Line($"The log {file} cannot be written: {fault.Split('\n')[0].Trim()}", new Spectre.Console.Style(Spectre.Console.Color.Red));
        });
    }
}
