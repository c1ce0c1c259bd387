using CACL.Data.Catalog;
using CACL.Data.Preparation;
using CACL.Node.Display;
using Spectre.Console;

namespace CACL.Node.Videos;

/// <summary>Shows the progress of long work on videos: as a bar on a terminal, otherwise as a line every few seconds.</summary>
internal static class VideoProgress
{
    /// <summary>Scans with progress.</summary>
    public static ScanReport Scan(Func<IProgress<ScanProgress>, ScanReport> scan, TextWriter output) =>
        Show(scan, "scanning", new PlainScanProgress(output, TimeProvider.System), bar => new ScanProgressBar(bar), output);

    /// <summary>Prepares with progress.</summary>
    public static PreparationReport Prepare(Func<IProgress<PreparationProgress>, PreparationReport> prepare, TextWriter output) =>
        Show(prepare, "preparing", new PlainPrepareProgress(output, TimeProvider.System), bar => new PrepareProgressBar(bar), output);

    /// <summary>Joins catalogues with progress.</summary>
    public static MergeReport Merge(Func<IProgress<MergeProgress>, MergeReport> merge, TextWriter output) =>
        Show(merge, "joining", new PlainMergeProgress(output, TimeProvider.System), bar => new MergeProgressBar(bar), output);

    private static TReport Show<TProgress, TReport>(
        Func<IProgress<TProgress>, TReport> work, string name, IProgress<TProgress> plain, Func<ProgressTask, IProgress<TProgress>> onBar,
        TextWriter output)
    {
        var console = AnsiConsole.Console;
        if (!ReferenceEquals(output, Console.Out) || !Screen.CanBeLive(console)) return work(plain);
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(onBar(context.AddTask(name, maxValue: 1))));
    }
}
