using CACL.Data.Catalog;
using Spectre.Console;

namespace CACL.Node.Videos;

/// <summary>Shows a merge's progress as a bar on a terminal.</summary>
internal sealed class MergeProgressBar(ProgressTask bar) : IProgress<MergeProgress>
{
    /// <inheritdoc/>
    public void Report(MergeProgress value)
    {
        bar.MaxValue = Math.Max(1, value.Total);
        bar.Value = value.Rows;
        bar.Description = Words(value);
    }

    /// <summary>Returns how far a merge is.</summary>
    public static string Words(MergeProgress value) => $"{value.Rows:N0} of {value.Total:N0} files";
}

/// <summary>Shows a merge's progress as a line every few seconds.</summary>
internal sealed class PlainMergeProgress(TextWriter output, TimeProvider clock)
    : PlainProgress<MergeProgress>(output, clock, (value, _) => MergeProgressBar.Words(value));
