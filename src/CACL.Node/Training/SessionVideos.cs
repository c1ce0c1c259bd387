using CACL.Data.Catalog;
using CACL.Data.Wording;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Node.RunInputs;
using CACL.Node.Settings;
using Serilog;
using Serilog.Events;

namespace CACL.Node.Training;

/// <summary>Finds the videos of a training, and says which they are.</summary>
internal static class SessionVideos
{
    /// <summary>
    /// Returns the videos of the run with their prepared files: those with which it began if it is resumed, otherwise everything named,
    /// scanned as far as it is not known.
    /// </summary>
    /// <exception cref="StoppedException">A signal came meanwhile.</exception>
    public static TrainingVideos Of(OpenRun run, VideoCatalog catalog, VideoRoots roots)
    {
        var videos = Prepared(run, catalog, Found(run, catalog, roots));
        Log.Information(
            "{Usable} of {Found} {What} are used; unusable: {Unusable} (quarantine.jsonl names each with its reason)",
            videos.Usable.Length, videos.Usable.Length + videos.Unusable.Count, videos.What, videos.Unusable.Count);
        if (videos.StillsLeftOut > 0)
        {
            Log.Information(
                "{Count} still images beside them are left out: a pair takes two views of one image only with {Setting} = 0",
                videos.StillsLeftOut, SettingNames.Stride);
        }

        foreach (var warning in QueueAdvice.Warnings(
            run.Settings.ToMethod().Describe().Queues, run.Settings.Model.EnqueuePixels, videos.Usable.Length))
        {
            Log.Warning("{Queue:l}", warning);
        }

        return videos;
    }

    private static TrainingVideos Found(OpenRun run, VideoCatalog catalog, VideoRoots roots)
    {
        var data = run.Settings.Data;
        var identity = run.Resumes ? TrainingVideos.IdentityIn(new CheckpointStore(run.Folder.Checkpoints, keep: 1)) : null;
        if (run.Resumes && TrainingVideos.Find(run.Folder.Path, catalog, roots, data.Stride, identity) is { } former)
        {
            Log.Information("The run continues with the videos that it began with; the catalogue {Catalog} holds them", catalog.Path);
            return former;
        }

        var stop = new CancellationTokenSource(); // not disposed: a signal's thread may be about to use it
        run.Signals.StopBy(_ => stop.Cancel(), "ending the scan, what was read is kept");
        try
        {
            TrainingScan.Complete(catalog, data, roots, run.Decoders, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw Stopped(run.Signals.Done());
        }

        if (run.Signals.Done() is var exitCode and not 0) throw Stopped(exitCode);
        return (identity is null ? null : TrainingVideos.Find(run.Folder.Path, catalog, roots, data.Stride, identity))
            ?? TrainingVideos.Load(catalog, roots, data.Stride);

        static StoppedException Stopped(int exitCode) =>
            new("The scan was stopped, and nothing was trained. What was read is kept; the same command continues from there.", exitCode);
    }

    private static TrainingVideos Prepared(OpenRun run, VideoCatalog catalog, TrainingVideos videos)
    {
        var prepared = PreparedInputs.Of(catalog, videos, run.Settings.Data, lost => Log.Warning("{Prepared}", lost));
        var before = run.Resumes ? PreparedInputs.LastStart(run.Folder.Path) : null;
        foreach (var (sentence, isWarning) in PreparedInputs.Sentences(prepared, videos.Usable.Length, before))
            Log.Write(isWarning ? LogEventLevel.Warning : LogEventLevel.Information, "{Prepared}", sentence);
        return videos with { Prepared = prepared };
    }
}
