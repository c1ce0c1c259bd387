using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Node.Settings;
using CACL.Node.Study;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl study</c>.</summary>
internal static class StudyCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The study: rows, seeds, and what to evaluate on. hocon/studies has the paper's tables.",
        };
        var folder = new Option<string?>("--out") { Description = "Folder of the study. Default: studies/NAME.", HelpName = "DIR" };
        var set = new Option<string[]>("--set")
        {
            Description = "Overrides a setting of every row, such as cacl.training.max-steps=500, or of the study, such as "
                + "study.seeds=[0,1]. May be repeated.",
            HelpName = "key=value",
            AllowMultipleArgumentsPerToken = true,
        };
        var overwrite =
            new Option<bool>("--overwrite") { Description = "Deletes what an earlier study wrote to the folder, and starts again." };
        var command = new Verb(
            "study",
            "Trains and evaluates rows x seeds one after another, and writes a plot and a table beside the paper's numbers. After a stop, "
                + "the same command continues.",
            "cacl study hocon/studies/small.conf --set cacl.data.videos=clips --set study.files.camvid=/data/camvid",
            "cacl study hocon/studies/table1a.conf --out studies/heads --set cacl.data.videos=/data/kinetics400/train --set "
                + "study.files.cityscapes=/data/cityscapes")
        {
            file,
            folder,
            set,
            overwrite,
        };
        command.SetAction(parsed => StudySession.Run(
            new StudyRequest(
                parsed.GetRequiredValue(file),
                parsed.GetValue(folder) is { } named ? FilePaths.Absolute(named) : null,
                parsed.GetValue(set) ?? [],
                parsed.GetValue(overwrite),
                $"cacl {string.Join(' ', parsed.Tokens.Select(t => Shell(SecretSettings.Shown(t.Value))))}"),
            new StudyPrograms(),
            parsed.InvocationConfiguration.Output));
        return command;
    }

    // As it is typed in a shell.
    private static string Shell(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+@%~".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
