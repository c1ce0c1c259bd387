using System.CommandLine;
using System.CommandLine.Help;

namespace CACL.Node.Commands;

/// <summary>The root of all verbs. A new verb takes a file in this folder and a line here.</summary>
internal static class CaclCommand
{
    private static readonly string[] Examples =
    [
        "cacl doctor                                             what this machine has and lacks",
        "cacl videos scan clips                                  finds the videos below the folder clips",
        "cacl train --config hocon/demo.conf --set cacl.data.videos=clips --run runs/first",
        "cacl train --config runs/first/config.resolved.conf --run runs/first --resume",
        "cacl evaluate --checkpoint runs/first --dataset folder --data /data/camvid --protocol linear",
        "cacl explain --run runs/first --step 120                what was in the batch when the loss jumped",
        "cacl study hocon/studies/small.conf --set cacl.data.videos=clips --set study.files.camvid=/data/camvid",
        "source <(cacl completion bash)                          the tab key completes all of this",
        "",
        "Exit status: 0 done; 1 not done, standard error says why; 2 wrong command line; 130 stopped by Ctrl+C or cacl stop, 143 by "
            + "SIGTERM, both after saving.",
    ];

    /// <summary>Creates the whole command line.</summary>
    /// <param name="trace">The option <c>--trace</c>, which every verb has.</param>
    public static RootCommand Create(out Option<bool> trace)
    {
        var root = new RootCommand("Cycle-Attention Contrastive Learning: trains a ResNet on unlabelled videos until the features of "
            + "single pixels separate by class.")
        {
            DoctorCommand.Create(),
            VideosCommand.Create(),
            DatasetsCommand.Create(),
            TrainCommand.Create(),
            WorkerCommand.Create(),
            ClusterCommand.Create(),
            EvaluateCommand.Create(),
            ExportCommand.Create(),
            ImportCommand.Create(),
            StudyCommand.Create(),
            PlanCommand.Create(),
            StatusCommand.Create(),
            SetCommand.Create(),
            ControlCommands.CreatePause(),
            ControlCommands.CreateResume(),
            ControlCommands.CreateCheckpoint(),
            ControlCommands.CreateStop(),
            TriggerCommand.Create(),
            EvaluationsCommand.Create(),
            ExplainCommand.Create(),
            VisualizeCommand.Create(),
            SegmentCommand.Create(),
            VerifyCommand.Create(),
            ConfigCommand.Create(),
            CompletionCommand.Create(),
        };
        root.HelpName = "cacl";
        trace = new Option<bool>("--trace") { Description = "Shows stack traces of faults.", Recursive = true };
        root.Add(trace);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        return root;
    }
}
