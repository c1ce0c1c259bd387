using CACL.Data.DataSets;
using CACL.Data.DataSets.Checking;
using CACL.Node.Display;
using CACL.Node.Ending;
using Spectre.Console;

namespace CACL.Node.DataSets;

/// <summary>How the result of a check is written.</summary>
/// <param name="AllFaults">Whether the text names every fault.</param>
/// <param name="Json">Whether JSON is written instead of the text.</param>
internal sealed record DataSetCheckOutput(bool AllFaults, bool Json);

/// <summary>Handles <c>cacl datasets check</c>: runs the check with progress, and writes its result.</summary>
internal static class DataSetCheckHandler
{
    /// <summary>Checks a data set, and writes what was found.</summary>
    /// <param name="kind">The data set's layout.</param>
    /// <param name="root">Its folder.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="told">How to write the result.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The exit code: failure if there is a fault.</returns>
    public static int Run(DataSetKind kind, string root, int threads, DataSetCheckOutput told, TextWriter output)
    {
        using var interruption = new Interruption();
        DataSetReport report;
        try
        {
            report = WithProgress(progress => DataSetCheck.Run(kind, root, threads, progress, interruption.Token), told.Json, output);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            throw interruption.Stopped("The check was stopped.");
        }

        if (told.Json) output.WriteLine(DataSetReportJson.Of(report));
        else DataSetReportText.Write(report, told.AllFaults, output);
        return report.Faults.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static DataSetReport WithProgress(Func<IProgress<DataSetCheckProgress>, DataSetReport> check, bool json, TextWriter output)
    {
        var console = AnsiConsole.Console;
        if (json || !ReferenceEquals(output, Console.Out) || !Screen.CanBeLive(console))
            return check(new PlainCheckProgress(json ? TextWriter.Null : output, TimeProvider.System));
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => check(new CheckProgressBar(context.AddTask("checking", maxValue: 1))));
    }
}
