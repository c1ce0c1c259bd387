using System.Runtime.InteropServices;
using CACL.Node.Doctor;
using CACL.Node.Ending;
using CACL.Node.Programs;
using CACL.Node.Settings;

namespace CACL.Node.Study;

/// <summary>A request to <c>cacl study</c>.</summary>
/// <param name="File">The study's file.</param>
/// <param name="Out">Its folder, absolute; null: studies/NAME below the current folder.</param>
/// <param name="Overrides">Overrides, <c>key=value</c>.</param>
/// <param name="Overwrite">Whether another study in the folder is deleted.</param>
/// <param name="Command">The command line, to show.</param>
internal sealed record StudyRequest(string File, string? Out, IReadOnlyList<string> Overrides, bool Overwrite, string Command);

/// <summary>Handles <c>cacl study</c>, from its file to its exit code.</summary>
internal static class StudySession
{
    /// <summary>Runs what is missing of a study.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">Something that the user can fix, or rows failed.</exception>
    public static int Run(StudyRequest request, IStudyPrograms programs, TextWriter output)
    {
        var plan = StudyFile.Read(request.File, request.Overrides, ConfigurationFiles.ProcessEnvironment());
        var path = request.Out
            ?? Path.GetFullPath(Path.Combine("studies", StudyRow.ToFileName(Path.GetFileNameWithoutExtension(request.File))));
        using var folder = StudyFolder.Open(path, StudyFingerprint.Of(plan), request.Overwrite, DateTimeOffset.UtcNow);
        using var display = new StudyDisplay(output);
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(_ => display.Say("Stopping: the training saves its state. A second signal ends it at once."));
        signals.StopBy(_ => stop.Cancel());
        var machine = Machine();
        var confidence = StudyConfidence.Of(StudySettings.OfEvaluation(plan).Settings.Evaluation);
        try
        {
            display.Say($"{plan.Title}: {plan.Size}, in {folder.Path}");
            var failures = new StudyRunner(plan, folder, programs, display, Report, stop.Token).Run();
            display.Say($"The table is {folder.Markdown}, all values {folder.Csv}.");
            if (failures.Count == 0) return ExitCodes.Success;
            throw new UserException($"{failures.Count} of the study's parts failed; the same command tries them again:\n  "
                + $"{string.Join("\n  ", failures.Select(f => f.ReplaceLineEndings(" ")))}");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            display.Say($"Stopped. What is finished is kept; continue with the same command: {request.Command}");
            return signals.ExitCode;
        }

        void Report(StudyState state, IReadOnlyList<string> failures, bool complete)
        {
            var report = new StudyReport
            {
                Plan = plan,
                Command = request.Command,
                Machine = machine,
                Began = folder.Began,
                Now = DateTimeOffset.UtcNow,
                Values = state.Values,
                Trainings = state.Finished,
                Failures = failures,
                Confidence = confidence,
                IsComplete = complete,
            };
            report.Write(folder);
        }
    }

    private static IReadOnlyList<string> Machine() =>
    [
        $"Machine: {SystemChecks.Processor().Text}; {SystemChecks.Memory().Text}",
        $"CACL {ProgramVersion.Text}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}",
    ];
}
