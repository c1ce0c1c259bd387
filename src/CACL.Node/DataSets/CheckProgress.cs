using CACL.Data.DataSets.Checking;
using Spectre.Console;

namespace CACL.Node.DataSets;

/// <summary>Shows a check's progress as a bar on a terminal.</summary>
internal sealed class CheckProgressBar(ProgressTask bar) : IProgress<DataSetCheckProgress>
{
    /// <inheritdoc/>
    public void Report(DataSetCheckProgress value)
    {
        bar.MaxValue = Math.Max(1, value.Total);
        bar.Value = Math.Max(bar.Value, value.Done); // threads report out of order
        bar.Description = CheckProgressText.Of(value);
    }
}

/// <summary>Shows a check's progress as a line every few seconds.</summary>
internal sealed class PlainCheckProgress(TextWriter output, TimeProvider clock) : IProgress<DataSetCheckProgress>
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long _last = clock.GetTimestamp();

    /// <inheritdoc/>
    public void Report(DataSetCheckProgress value)
    {
        lock (_lock)
        {
            if (clock.GetElapsedTime(_last) < Every) return;
            _last = clock.GetTimestamp();
            output.WriteLine(CheckProgressText.Of(value));
        }
    }
}

/// <summary>Words a check's progress.</summary>
internal static class CheckProgressText
{
    /// <summary>Returns the number of pairs read and the number of faults.</summary>
    public static string Of(DataSetCheckProgress value) => $"{value.Done:N0} of {value.Total:N0} pairs, {value.Faults:N0} faults";
}
