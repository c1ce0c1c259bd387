using CACL.Data.Wording;
using CACL.Node.Ending;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using Serilog;

namespace CACL.Node.Training;

/// <summary>Writes down and says how a training ended, and how to go on.</summary>
internal static class SessionEnd
{
    /// <summary>Writes the outcome into the run folder, from which <c>cacl status</c> knows it.</summary>
    public static void Remember(RunOutcome outcome, RunLength length, RunFolder folder)
    {
        try
        {
            OutcomeFile.Of(outcome, length.TotalSteps, DateTimeOffset.Now).Write(folder.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Warning("{File} cannot be written ({Cause}): cacl status will not know how this run ended", OutcomeFile.Name, e.Message);
        }
    }

    /// <summary>Says how the training ended.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">It failed.</exception>
    public static int Tell(RunOutcome outcome, OpenRun run)
    {
        var folder = run.Folder;
        var saved = outcome.Checkpoint is { } checkpoint ? $"Newest checkpoint: {checkpoint}." : "No checkpoint was written.";
        switch (outcome.End)
        {
            case RunEnd.Completed:
                Log.Information("Done: {Steps} steps. {Saved}", outcome.Step, saved);
                if (outcome.EvaluationsLeft == 0) return ExitCodes.Success;
                Log.Information(
                    "Evaluations not made: {Count}. Make them with: cacl train --config {Configuration} --run {Folder} --resume",
                    outcome.EvaluationsLeft, folder.ResolvedConfiguration, folder.Path);
                return StoppedBy(run.Signals);
            case RunEnd.Stopped:
                Log.Information(
                    "{Reason} {Saved} Continue with: cacl train --config {Configuration} --run {Folder} --resume", outcome.Message, saved,
                    folder.ResolvedConfiguration, folder.Path);
                return StoppedBy(run.Signals);
            default:
                throw new UserException($"{outcome.Message} {saved}{Onwards(run.Request, folder)}", outcome.Fault?.ToException());
        }
    }

    /// <summary>Keeps the dashboard for a while, as <c>cacl.http.linger</c> wants it, unless a signal ended the training.</summary>
    public static void Linger(OpenRun run)
    {
        if (run.Signals.ExitCode != 0 || run.Settings.Http.Linger <= TimeSpan.Zero || run.Node is not { } node) return;
        run.Signals.StopBy(_ => node.State.Lingering.End(), "ending");
        node.State.Lingering.Stay(run.Settings.Http.Linger, node.Address);
    }

    // A run that lost a rank can go on without it.
    private static string Onwards(TrainRequest request, RunFolder folder) => request.Ranks == 1
        ? ""
        : $" Continue with as many ranks as there are, also with fewer, and with {SettingNames.BatchSize} as it is: cacl train --config "
            + $"{folder.ResolvedConfiguration} --run {folder.Path} --resume --ranks {request.Ranks}";

    // No signal means cacl stop or the API: somebody wants it to end, as with Ctrl+C.
    private static int StoppedBy(StopSignals signals) => signals.ExitCode != 0 ? signals.ExitCode : ExitCodes.Interrupted;
}
