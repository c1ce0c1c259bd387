using System.Globalization;
using Akka.Configuration;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Actors.Supervisor;
using CACL.Actors.Telemetry;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Wording;
using CACL.Http;
using CACL.Http.Server;
using CACL.Learning.DataParallel;
using CACL.Learning.Methods;
using CACL.Learning.Networks;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Node.Devices;
using CACL.Node.Display;
using CACL.Node.Ending;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Logging;
using CACL.Node.Programs;
using CACL.Node.RunInputs;
using CACL.Node.Settings;
using CACL.Node.Telemetry;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using Serilog;
using Spectre.Console;

namespace CACL.Node.Training;

/// <summary>
/// Handles <c>cacl train</c>, from its settings to its exit code: videos, model, folder, then the actor tree until it ends.
/// </summary>
internal static class TrainingSession
{
    /// <summary>Trains.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">Something that the user can fix.</exception>
    public static int Run(TrainRequest request)
    {
        var settings = request.Configuration.Settings;
        if (settings.Data.Videos.Count == 0)
            throw new UserException("cacl.data.videos is empty: name what to train on, such as --set cacl.data.videos=clips.");
        OutOfProcessEvaluations.Check(settings);
        using var cluster = TrainingCluster.Of(settings, request.Ranks);
        RunInstruments? instruments = null;
        var decoders = ProgramDecoders.Create(settings.Data.Decoder, sentence =>
        {
            Log.Warning("{Replaced:l}", sentence);
            instruments?.Restarted("decoder");
        });
        var roots = new VideoRoots(settings.Data.Videos);
        var name = settings.RunDirectory.Length > 0
            ? settings.RunDirectory
            : RunFolder.Name(DateTimeOffset.Now, Environment.CurrentDirectory);
        using var folder = RunFolder.Open(name, request.Start);
        using var host = new ActorSystemHost();
        using var screen = new Screen(
            AnsiConsole.Console, settings.Logging.Live ?? Screen.CanBeLive(AnsiConsole.Console), settings.Logging.ProgressEvery);
        using var log = RunLog.Start(
            folder.Log, settings.Logging.Level, screen, sinks => RemoteLogs.Add(sinks, settings, Path.GetFileName(folder.Path)));
        using var telemetry = RunTelemetry.Start(settings.Telemetry, folder);
        instruments = telemetry.Instruments;
        using var node = NodeServer.Start(
            settings.Http,
            new NodeState(folder)
            {
                Health = telemetry.Health,
                Meters = telemetry.Meters?.Provider,
                Method = settings.ToMethod().Describe(),
            });
        using var signals = new StopSignals(Say, Say);
        try
        {
            Log.Information("Run folder {Folder}", folder.Path);
            Log.Information("{Decoders}", decoders.Why);
            using var catalog = VideoCatalog.Open(settings.Data.Catalog);
            var videos = Prepared(request, folder, catalog, Videos(request, folder, catalog, roots, decoders, signals));
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
                settings.ToMethod().Describe().Queues, settings.Model.EnqueuePixels, videos.Usable.Length))
            {
                Log.Warning("{Queue:l}", warning);
            }

            var device = TorchDevice.Prepare(settings.Training, request.Processes, request.PlaceOnMachine);
            RankRules.RequireDevice(settings, device, request.Ranks, request.Processes);
            var way = RankExchange.Of(settings.Ranks, device, request.Ranks);
            using var exchange = way.Create(request.Leader?.Ranks ?? OneRank.Only, device, settings.Ranks.Timeout);
            if (exchange is NcclTensors nccl) Log.Information("NCCL {Version} exchanges what a step of several ranks does", nccl.Version);
            new MemoryNeed(settings.ToMethod()).Require(device, new MemoryLimit());
            var precision = RunPrecision.Of(
                settings.Training, device,
                request.Start == RunStart.Resume ? TrainingVideos.SettingsIn(new CheckpointStore(folder.Checkpoints, keep: 1)) : null);
            Log.Information(
                "Precision {Precision} ({Setting} = {Asked})", precision.Word(), SettingNames.Precision,
                settings.Training.Precision?.Word() ?? "auto");
            var options = TrainingOptions.Of(
                request.Configuration, folder.Path, device, precision, videos, new BatchShare(0, request.Ranks), request.Processes);
            var outcome = Train(
                request, way, exchange, options, precision, folder, host, screen, log, signals, node?.State, telemetry, videos, catalog,
                decoders, cluster);
            request.Leader?.End();
            var code = Tell(outcome, signals, folder, request);
            if (signals.ExitCode == 0 && settings.Http.Linger > TimeSpan.Zero && node is not null)
                Linger(node, settings.Http.Linger, signals);
            return code;
        }
        catch (StoppedException stopped)
        {
            Log.ForContext(ScreenSink.FileOnly, true).Information("{Cause}", stopped.Message);
            throw;
        }
        catch (Exception failure)
        {
            // The sentence itself goes to standard error, when the screen is free again.
            Log.ForContext(ScreenSink.FileOnly, true).Error(failure, "The run could not continue: {Cause}", failure.Message);
            throw;
        }
    }

    /// <summary>
    /// Returns the videos of the run: those with which it began if it is resumed, otherwise everything named, scanned as far as it is not
    /// known.
    /// </summary>
    private static TrainingVideos Videos(
        TrainRequest request, RunFolder folder, VideoCatalog catalog, VideoRoots roots, PairDecoders decoders, StopSignals signals)
    {
        var data = request.Configuration.Settings.Data;
        var checkpoints = new CheckpointStore(folder.Checkpoints, keep: 1);
        var identity = request.Start == RunStart.Resume ? TrainingVideos.IdentityIn(checkpoints) : null;
        if (request.Start == RunStart.Resume && TrainingVideos.Find(folder.Path, catalog, roots, data.Stride, identity) is { } former)
        {
            Log.Information("The run continues with the videos that it began with; the catalogue {Catalog} holds them", catalog.Path);
            return former;
        }

        var stop = new CancellationTokenSource(); // not disposed: a signal's thread may be about to use it
        signals.StopBy(_ => stop.Cancel(), "ending the scan, what was read is kept");
        try
        {
            TrainingScan.Complete(catalog, data, roots, decoders, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw Stopped(signals.Done());
        }

        if (signals.Done() is var exitCode and not 0) throw Stopped(exitCode);
        return (identity is null ? null : TrainingVideos.Find(folder.Path, catalog, roots, data.Stride, identity))
            ?? TrainingVideos.Load(catalog, roots, data.Stride);

        static StoppedException Stopped(int exitCode) =>
            new("The scan was stopped, and nothing was trained. What was read is kept; the same command continues from there.", exitCode);
    }

    /// <summary>Returns the videos with their prepared files, and says what is read from where.</summary>
    private static TrainingVideos Prepared(TrainRequest request, RunFolder folder, VideoCatalog catalog, TrainingVideos videos)
    {
        var prepared = PreparedInputs.Of(catalog, videos, request.Configuration.Settings.Data, lost => Log.Warning("{Prepared}", lost));
        var before = request.Start == RunStart.Resume ? PreparedInputs.LastStart(folder.Path) : null;
        foreach (var (sentence, isWarning) in PreparedInputs.Sentences(prepared, videos.Usable.Length, before))
            Log.Write(isWarning ? Serilog.Events.LogEventLevel.Warning : Serilog.Events.LogEventLevel.Information, "{Prepared}", sentence);
        return videos with { Prepared = prepared };
    }

    private static RunOutcome Train(
        TrainRequest request, RankExchange way, ITensorCollectives exchange, RunOptions options, Precision precision, RunFolder folder,
        ActorSystemHost host, Screen screen, RunLog log, StopSignals signals, NodeState? node, RunTelemetry telemetry,
        TrainingVideos videos, VideoCatalog catalog, PairDecoders decoders, TrainingCluster? cluster)
    {
        var method = request.Configuration.Settings.ToMethod();
        var length = RunLength.Of(videos.Usable.Length, options.BatchSize, options.Epochs, options.MaxSteps);
        var engines = new LivingEngines();
        var damaged = 0;
        var store = new CheckpointStore(folder.Checkpoints, options.CheckpointsKept) { Publishing = () => FlushMetrics(folder) };
        var storage = new CheckpointStorage(store, options, length)
        {
            Warned = warning =>
            {
                damaged++;
                Log.Warning("{Warning}", warning);
            },
        };
        var start = request.Start == RunStart.Resume ? storage.LoadLatest() : null;
        // Starting again from scratch would cost the user what a repaired file may still save.
        if (start is null && damaged > 0)
            throw new UserException($"None of the checkpoints in {folder.Checkpoints} can be used; the lines above say why. Put one back, "
                + "or start again with --overwrite. Nothing was changed.");
        if (start is not null) Log.Information("Resuming after step {Step} from {Checkpoint}", start.Step, start.Path);
        else if (request.Start == RunStart.Resume) Log.Warning("There is no checkpoint yet: the run starts again from its first step");
        CheckpointRoom.Require(folder.Checkpoints, method);
        var initial = request.InitFrom is { } file ? InitialWeights(file, method) : null;
        folder.Begin(
            request.Configuration.Render(), start?.Step ?? 0, run => RunVideosFile.Write(run, catalog, videos.Usable),
            RunFacts.With(
                request.Start == RunStart.Resume ? Earlier(folder) : null, videos.Identity,
                StartOfRun.Facts(
                    request.Configuration.Settings, options, precision, decoders.Kind, start?.Step ?? 0, DateTimeOffset.Now) with
                {
                    Prepared = videos.Prepared.Identity,
                }));
        telemetry.Begin(start);
        RankZero.Own?.Trains(folder.Path);
        if (request.Leader is { } leader)
        {
            leader.Prepare(RankPlan.Of(request.Configuration, folder.Path, videos, precision, way).ToJson());
            Log.Information("{Ranks} ranks train together, each with {Own} pairs of a batch", request.Ranks, options.OwnBatch);
        }

        var progress = new RunProgress(request.Configuration.Settings, length, screen.Show, TimeProvider.System);
        var akka = ConfigurationFactory.ParseString(request.Configuration.AkkaText(typeof(SerilogAkkaLogger).AssemblyQualifiedName!))
            .WithFallback(Dispatchers.Configuration);
        var chance = options.Method.Chance is { } level
            ? string.Create(CultureInfo.InvariantCulture, $" Chance is {level.Formula} = {level.Value:0.000}")
            : "";
        Log.Information(
            "Training {Backbone} by {Method} with heads {Heads} on {Device}: {Steps} steps of {Batch} pairs, {StepsPerEpoch:0.#} steps "
                + "an epoch, decoders: {Decoders}.{Chance}",
            $"{method.Backbone}", options.Method.Word, string.Join(", ", options.Method.Heads), options.Device, length.TotalSteps,
            options.BatchSize, length.StepsPerEpoch,
            options.Decoders > 0 ? $"{options.Decoders}" : $"chosen, {options.FirstDecoders} at first", chance);
        var library = new PreparedLibrary(catalog, videos.Prepared);
        var system = cluster is null ? host.Start(akka) : host.Start(cluster.Options, akka);
        using var workers = cluster?.Welcome(
            system, options, decoders, library,
            OutOfProcessEvaluations.Orders(request.Configuration, folder, options.Device));
        if (workers is not null) node?.Welcomed(new WorkerDesk(() => workers.Workers, workers.Drain));
        var run = TrainingRun.Start(system, options, new RunParts
        {
            Videos = videos.Usable,
            Library = library,
            Workers = workers,
            Decoder = decoders.Preferring(videos.Prepared),
            Engine = () => engines.Make(() => Led(request.Leader, new TrainingEngine(
                method.OfRank(request.Ranks), options.Device, options.Sampling.Seed, initial, node is null ? null : node.Preview.Look,
                precision, request.Configuration.Settings.Training.CudaGraph, exchange))),
            Checkpoints = storage,
            Start = start,
            Unusable = videos.Unusable,
            Evaluator = OutOfProcessEvaluations.Engine(request.Configuration.Settings, folder, options.Device),
            SettingsChanged = live => log.Level = Enum.Parse<Serilog.Events.LogEventLevel>(live.LogLevel, ignoreCase: true),
            Observer = step =>
            {
                progress.Observe(step);
                node?.Observe(step);
                telemetry.Observe(step);
            },
            EvaluationObserver = telemetry.Evaluated,
            DecisionObserver = node is null ? null : node.Supervision.Add,
            Instruments = telemetry.Instruments,
        });
        _ = MemoryWatch.WatchAsync(run, new MemoryLimit(), new MemoryNeed(method).Copy);
        node?.Began(run, length, options);
        signals.StopBy(run.Stop);
        var outcome = run.Completion.GetAwaiter().GetResult();
        if (engines.Any) ProcessEnd.LeaveBehind();
        host.WaitForLog();
        Remember(outcome, length, folder);
        return outcome;
    }

    private static ITrainingEngine Led(RankLeader? leader, TrainingEngine engine) =>
        leader is null ? engine : new LeadingEngine(leader, engine);

    private static void Say(string sentence) => Log.Information("{Signal}", sentence);

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

    private static void Linger(NodeServer node, TimeSpan time, StopSignals signals)
    {
        signals.StopBy(_ => node.State.Lingering.End(), "ending");
        node.State.Lingering.Stay(time, node.Address);
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

    private static void Remember(RunOutcome outcome, RunLength length, RunFolder folder)
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

    private static IReadOnlyList<SnapshotTensor> InitialWeights(string file, MethodOptions method)
    {
        var shapes = NetworkShapes.Of(method.Backbone, method.HeadSpecs).ToDictionary(t => t.Name, t => t.Shape);
        var weights = WeightsFile.LoadInitial(file, shapes);
        Log.Information("Starting from {File}", weights.Path);
        foreach (var note in weights.Notes) Log.Information("{File}: {Note}", Path.GetFileName(weights.Path), note);
        return weights.Tensors;
    }

    private static int Tell(RunOutcome outcome, StopSignals signals, RunFolder folder, TrainRequest request)
    {
        var saved = outcome.Checkpoint is { } checkpoint ? $"Newest checkpoint: {checkpoint}." : "No checkpoint was written.";
        switch (outcome.End)
        {
            case RunEnd.Completed:
                Log.Information("Done: {Steps} steps. {Saved}", outcome.Step, saved);
                if (outcome.EvaluationsLeft == 0) return ExitCodes.Success;
                Log.Information(
                    "Evaluations not made: {Count}. Make them with: cacl train --config {Configuration} --run {Folder} --resume",
                    outcome.EvaluationsLeft, folder.ResolvedConfiguration, folder.Path);
                return StoppedBy(signals);
            case RunEnd.Stopped:
                Log.Information(
                    "{Reason} {Saved} Continue with: cacl train --config {Configuration} --run {Folder} --resume", outcome.Message, saved,
                    folder.ResolvedConfiguration, folder.Path);
                return StoppedBy(signals);
            default:
                throw new UserException($"{outcome.Message} {saved}{Onwards(request, folder)}", outcome.Fault?.ToException());
        }
    }

    // A run that lost a rank can go on without it.
    private static string Onwards(TrainRequest request, RunFolder folder) => request.Ranks == 1
        ? ""
        : $" Continue with as many ranks as there are, also with fewer, and with {SettingNames.BatchSize} as it is: cacl train --config "
            + $"{folder.ResolvedConfiguration} --run {folder.Path} --resume --ranks {request.Ranks}";

    // No signal means cacl stop or the API: somebody wants it to end, as with Ctrl+C.
    private static int StoppedBy(StopSignals signals) => signals.ExitCode != 0 ? signals.ExitCode : ExitCodes.Interrupted;
}
