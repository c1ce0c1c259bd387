using CACL.Data.Catalog;
using Spectre.Console;

namespace CACL.Node.Videos;

/// <summary>Shows a scan's progress as a bar on a terminal.</summary>
internal sealed class ScanProgressBar(ProgressTask bar) : IProgress<ScanProgress>
{
    /// <inheritdoc/>
    public void Report(ScanProgress value)
    {
        // While folders are still being walked, the end is unknown: the bar pulses.
        bar.IsIndeterminate = !value.FoundAll;
        bar.MaxValue = Math.Max(1, value.Found);
        bar.Value = value.Unchanged + value.Read;
        bar.Description = $"{value.Unchanged + value.Read:N0} of {value.Found:N0}{(value.FoundAll ? "" : "…")} files, {value.Usable:N0} "
            + $"usable, {value.Unusable:N0} not";
    }
}

/// <summary>Shows a scan's progress as a line every few seconds.</summary>
internal sealed class PlainScanProgress(TextWriter output, TimeProvider clock) : PlainProgress<ScanProgress>(
    output, clock,
    (value, _) => $"{value.Unchanged + value.Read:N0} of {value.Found:N0}{(value.FoundAll ? "" : " or more")} files, "
        + $"{value.Usable:N0} usable, {value.Unusable:N0} not");
