using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Node.Evaluation.OutOfProcess;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl evaluations</c>.</summary>
internal static class EvaluationsCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var command = new Verb(
            "evaluations",
            "Prints the evaluations of runs. Results that were measured in different ways are in separate tables.",
            "cacl evaluations --run runs/first",
            "cacl evaluations --run runs/first runs/second --csv > evaluations.csv");
        var runs = new Option<string[]>("--run")
        {
            Description = "Folder of a run; several may follow.",
            HelpName = "DIR",
            Required = true,
            AllowMultipleArgumentsPerToken = true
        };
        var json =
            new Option<bool>("--json") { Description = "Prints a JSON array of the lines, each with its run and the number of its table." };
        var csv = new Option<bool>("--csv") { Description = "Prints comma-separated values; the column table says what may be compared." };
        command.Add(runs);
        command.Add(json);
        command.Add(csv);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(csv)) parsed.AddError("--json and --csv exclude each other.");
        });
        command.SetAction(parsed =>
        {
            var results = EvaluationResults.Read([.. parsed.GetValue(runs)!.Select(FilePaths.Absolute).Distinct()]);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) EvaluationReport.WriteJson(results, output);
            else if (parsed.GetValue(csv)) EvaluationReport.WriteCsv(results, output);
            else EvaluationReport.WriteText(results, output);
        });
        return command;
    }
}
