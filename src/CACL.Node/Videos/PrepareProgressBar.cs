using CACL.Data.Preparation;
using CACL.Data.Wording;
using CACL.Node.Display;
using Spectre.Console;

namespace CACL.Node.Videos;

/// <summary>Shows a preparation's progress as a bar on a terminal.</summary>
internal sealed class PrepareProgressBar(ProgressTask bar) : IProgress<PreparationProgress>
{
    /// <inheritdoc/>
    public void Report(PreparationProgress value)
    {
        bar.Value = value.Share;
        bar.Description = Words(value);
    }

    /// <summary>Returns how far a preparation is.</summary>
    public static string Words(PreparationProgress value) =>
        $"{value.Made:N0} of {value.Total:N0} files, {ByteSize.Of(value.Bytes)}{(value.Failed > 0 ? $", {value.Failed:N0} failed" : "")}";
}

/// <summary>Shows a preparation's progress as a line every few seconds.</summary>
internal sealed class PlainPrepareProgress(TextWriter output, TimeProvider clock)
    : PlainProgress<PreparationProgress>(output, clock, Words)
{
    private static string Words(PreparationProgress value, TimeSpan gone)
    {
        var left = value.Share > 0 ? $", {ProgressText.Clock(gone * Math.Min(1e6, (1 - value.Share) / value.Share))} to go" : "";
        return $"{PrepareProgressBar.Words(value)}{left}";
    }
}
