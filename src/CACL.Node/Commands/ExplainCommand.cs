using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Node.Explain;
using CACL.Node.Settings;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl explain</c>.</summary>
internal static class ExplainCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var run =
            new Option<string>("--run") { Description = "Folder of the run, which may be running.", HelpName = "DIR", Required = true };
        var step = new Option<long>("--step")
        {
            Description = "The step, counted from 1 as in metrics.jsonl.",
            HelpName = "N",
            Required = true,
            CustomParser = given => NumberOption.Read<long>(given, number => number >= 1, "a whole number of 1 or more"),
        };
        var folder = new Option<string?>("--out")
        {
            Description = "Folder for step-N.png (a contact sheet of the views), step-N.csv and "
            + "step-N.json.",
            HelpName = "DIR"
        };
        var noReplay = new Option<bool>("--no-replay") { Description = "Does not recompute the losses." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object to standard output, all else to standard error." };
        var overrides = ConfigurationOptions.Overrides();
        var command = new Verb(
            "explain",
            "Shows what was in a past step's batch: videos, frames, boxes, flips, colours and rolls. Recomputes its losses if a "
                + "checkpoint from before the step is left.",
            "cacl explain --run runs/first --step 120",
            "cacl explain --run runs/first --step 120 --out explained",
            "cacl explain --run runs/first --step 120 --no-replay --set cacl.data.catalog=moved.sqlite")
        {
            run, step, folder, noReplay, json, overrides,
        };
        command.SetAction(parsed => ExplainHandler.Run(
            new ExplainRequest(
                FilePaths.Absolute(parsed.GetRequiredValue(run)),
                parsed.GetValue(step),
                parsed.GetValue(folder) is { } named ? FilePaths.Absolute(named) : null,
                parsed.GetValue(json),
                !parsed.GetValue(noReplay),
                parsed.GetValue(overrides) ?? []),
            ConfigurationFiles.ProcessEnvironment(),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }
}
