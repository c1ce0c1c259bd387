using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Node.Configuration;
using CACL.Node.Display;
using Spectre.Console;

namespace CACL.Node.Videos;

/// <summary><c>cacl videos scan</c>: a scan with progress, and its result in words.</summary>
internal static class ScanRun
{
    /// <summary>Scans, and says what was found.</summary>
    /// <param name="roots">Folders, lists, files.</param>
    /// <param name="catalogFile">What is filled.</param>
    /// <param name="settings">Deadlines.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The exit code: failure where nothing usable was found.</returns>
    public static int Run(IReadOnlyList<string> roots, string catalogFile, DataSettings settings, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        ConsoleCancelEventHandler cancel = (_, e) =>
        {
            // A second Ctrl+C ends the program at once.
            e.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += cancel;
        try
        {
            using var catalog = VideoCatalog.Open(catalogFile);
            var scanner = new VideoScanner(catalog, PairDecoders.Create(settings.Decoder).CreateProber);
            var options = new ScanOptions { FileDeadline = settings.DecodeTimeout };
            var report = WithProgress(progress => scanner.Scan(roots, options, progress, stop.Token), output);
            ScanSummary.Write(report, catalog.Path, settings.Stride, output);
            if (report.Usable > 0) return ExitCodes.Success;
            throw new UserException($"No usable video was found under {string.Join(", ", roots)}. The lines above say why; a run needs at least one.");
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException("The scan was stopped; what was read is kept, and the next scan goes on from there.");
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }
    }

    private static ScanReport WithProgress(Func<IProgress<ScanProgress>, ScanReport> scan, TextWriter output)
    {
        var console = AnsiConsole.Console;
        if (!ReferenceEquals(output, Console.Out) || !Screen.CanBeLive(console)) return scan(new PlainScanProgress(output, TimeProvider.System));
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => scan(new ScanProgressBar(context.AddTask("scanning", maxValue: 1))));
    }
}
