using System.Globalization;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Learning.Methods;
using CACL.Learning.Networks;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Node.RunInputs;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using Serilog;

namespace CACL.Node.Training;

/// <summary>Finds where a training starts, writes it down and says it.</summary>
internal static class SessionStart
{
    /// <summary>Returns where checkpoints go, and the one from which the run goes on; null: it starts with its first step.</summary>
    public static (CheckpointStorage Storage, ResumePoint? Start) Checkpoints(OpenRun run, RunOptions options, RunLength length)
    {
        var damaged = 0;
        var store = new CheckpointStore(run.Folder.Checkpoints, options.CheckpointsKept) { Publishing = () => FlushMetrics(run.Folder) };
        var storage = new CheckpointStorage(store, options, length)
        {
            Warned = warning =>
            {
                damaged++;
                Log.Warning("{Warning}", warning);
            },
        };
        var start = run.Resumes ? storage.LoadLatest() : null;
        // Starting again from scratch would cost the user what a repaired file may still save.
        if (start is null && damaged > 0)
            throw new UserException($"None of the checkpoints in {run.Folder.Checkpoints} can be used; the lines above say why. Put one "
                + "back, or start again with --overwrite. Nothing was changed.");
        if (start is not null) Log.Information("Resuming after step {Step} from {Checkpoint}", start.Step, start.Path);
        else if (run.Resumes) Log.Warning("There is no checkpoint yet: the run starts again from its first step");
        return (storage, start);
    }

    /// <summary>Writes settings, videos and facts of this start into the run folder.</summary>
    public static void WriteDown(OpenRun run, TrainingTask task, ResumePoint? start) =>
        run.Folder.Begin(
            run.Request.Configuration.Render(), start?.Step ?? 0, path => RunVideosFile.Write(path, task.Catalog, task.Videos.Usable),
            RunFacts.With(
                run.Resumes ? Earlier(run.Folder) : null, task.Videos.Identity,
                StartOfRun.Facts(
                    run.Settings, task.Options, task.Precision, run.Decoders.Kind, start?.Step ?? 0, DateTimeOffset.Now) with
                {
                    Prepared = task.Videos.Prepared.Identity,
                }));

    /// <summary>Says what is about to be trained.</summary>
    public static void Announce(MethodOptions method, RunOptions options, RunLength length)
    {
        var chance = options.Method.Chance is { } level
            ? string.Create(CultureInfo.InvariantCulture, $" Chance is {level.Formula} = {level.Value:0.000}")
            : "";
        Log.Information(
            "Training {Backbone} by {Method} with heads {Heads} on {Device}: {Steps} steps of {Batch} pairs, {StepsPerEpoch:0.#} steps "
                + "an epoch, decoders: {Decoders}.{Chance}",
            $"{method.Backbone}", options.Method.Word, string.Join(", ", options.Method.Heads), options.Device, length.TotalSteps,
            options.BatchSize, length.StepsPerEpoch,
            options.Decoders > 0 ? $"{options.Decoders}" : $"chosen, {options.FirstDecoders} at first", chance);
    }

    /// <summary>Reads the weights with which the networks begin, and says what was found.</summary>
    public static IReadOnlyList<SnapshotTensor> InitialWeights(string file, MethodOptions method)
    {
        var shapes = NetworkShapes.Of(method.Backbone, method.HeadSpecs).ToDictionary(t => t.Name, t => t.Shape);
        var weights = WeightsFile.LoadInitial(file, shapes);
        Log.Information("Starting from {File}", weights.Path);
        foreach (var note in weights.Notes) Log.Information("{File}: {Note}", Path.GetFileName(weights.Path), note);
        return weights.Tensors;
    }

    private static RunFacts? Earlier(RunFolder folder)
    {
        try
        {
            return RunFacts.Read(folder.Path);
        }
        catch (RunFolderException damaged) when (damaged is not NewerRunFolderException)
        {
            Log.Warning("{Cause} The run goes on, and its earlier starts are left out of the new file", damaged.Message);
            return null;
        }
    }

    private static void FlushMetrics(RunFolder folder)
    {
        try
        {
            folder.FlushMetrics();
        }
        catch (IOException e)
        {
            Log.Warning(
                "{Cause}. The checkpoint is saved without waiting for these figures, which a power failure could cost",
                e.Message.TrimEnd('.'));
        }
    }
}
