using System.CommandLine;
using CACL.Configuration.Hocon;
using CACL.Configuration.Reading;
using CACL.Node.Training;
using CACL.Runs.Folder;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl train</c>.</summary>
internal static class TrainCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var command = new Verb(
            "train",
            "Trains a model on videos, and writes a run folder with checkpoints, metrics and a log.",
            "cacl train --config hocon/demo.conf --set cacl.data.videos=clips",
            "cacl train --config hocon/kinetics-r18.conf --set cacl.data.videos=/data/kinetics400/train --run runs/r18",
            "cacl train --config runs/r18/config.resolved.conf --run runs/r18 --resume",
            "cacl train --config hocon/demo.conf --set cacl.data.videos=clips --ranks 2");
        var configuration = new ConfigurationOptions(command, required: true);
        var run = new Option<string?>("--run") { Description = "Folder of the run, as --set cacl.run.directory=DIR.", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Continues an existing run from its last checkpoint." };
        var initFrom =
            new Option<string?>("--init-from")
            {
                Description = "Starts from these weights (.safetensors) instead of random ones.",
                HelpName = "FILE"
            };
        var overwrite =
            new Option<bool>("--overwrite") { Description = "Deletes what an earlier run wrote to the folder, and starts again." };
        var ranks =
            new Option<int?>("--ranks")
            {
                Description = "Has so many processes train together, which are started on this machine over MPI. A cluster's launcher "
                    + "starts them itself.",
                HelpName = "N",
                CustomParser = given => NumberOption.Read<int>(given, n => n is >= 1 and <= 1024, "a whole number from 1 to 1024"),
            };
        command.Add(run);
        command.Add(resume);
        command.Add(initFrom);
        command.Add(overwrite);
        command.Add(ranks);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(resume) && parsed.GetValue(overwrite))
                parsed.AddError("--resume and --overwrite exclude each other: continue, or start again?");
            if (parsed.GetValue(resume) && parsed.GetValue(initFrom) is not null)
                parsed.AddError("--resume and --init-from exclude each other: a resumed run already has weights.");
        });
        command.SetAction(parsed =>
        {
            string[] more = parsed.GetValue(run) is { } folder ? [$"cacl.run.directory={HoconWriter.Text(folder)}"] : [];
            var start = parsed.GetValue(resume) ? RunStart.Resume : parsed.GetValue(overwrite) ? RunStart.Overwrite : RunStart.New;
            var weights = parsed.GetValue(initFrom) is { } file ? FilePaths.Absolute(file) : null;
            return RankSession.Run(new TrainRequest(configuration.Load(parsed, more), start, weights), parsed.GetValue(ranks));
        });
        return command;
    }
}
