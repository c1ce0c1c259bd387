using Akka.Configuration;
using CACL.Actors.Membership;
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
        using var cluster = TrainingCluster.Of(settings, request.Ranks > 1 ? MpiEnvironment.Own.RankOnThisMachine : 0);
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
        var run = new OpenRun
        {
            Request = request,
            Folder = folder,
            Host = host,
            Screen = screen,
            Log = log,
            Signals = signals,
            Telemetry = telemetry,
            Decoders = decoders,
            Node = node,
            Cluster = cluster,
        };
        try
        {
            Log.Information("Run folder {Folder}", folder.Path);
            Log.Information("{Decoders}", decoders.Why);
            using var catalog = VideoCatalog.Open(settings.Data.Catalog);
            var videos = SessionVideos.Of(run, catalog, roots);
            var device = TorchDevice.Prepare(settings.Training, request.Processes, request.PlaceOnMachine);
            RankRules.RequireDevice(settings, device, request.Ranks, request.Processes);
            var way = RankExchange.Of(settings.Ranks, device, request.Ranks);
            var exchange = way.Create(request.Leader?.Ranks ?? OneRank.Only, device, settings.Ranks.Timeout);
            using var parting = new RankParting(request.Leader, exchange);
            if (exchange is NcclTensors nccl) Log.Information("NCCL {Version} exchanges what a step of several ranks does", nccl.Version);
            new MemoryNeed(settings.ToMethod()).Require(device, new MemoryLimit());
            var precision = RunPrecision.Of(
                settings.Training, device,
                run.Resumes ? TrainingVideos.SettingsIn(new CheckpointStore(folder.Checkpoints, keep: 1)) : null);
            Log.Information(
                "Precision {Precision} ({Setting} = {Asked})", precision.Word(), SettingNames.Precision,
                settings.Training.Precision?.Word() ?? "auto");
            var options = TrainingOptions.Of(
                request.Configuration, folder.Path, device, precision, videos, new BatchShare(0, request.Ranks), request.Processes);
            var outcome = Train(run, new TrainingTask(videos, catalog, options, precision, way, exchange, parting));
            parting.Begin();
            var code = SessionEnd.Tell(outcome, run);
            SessionEnd.Linger(run);
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

    private static RunOutcome Train(OpenRun run, TrainingTask task)
    {
        var (request, folder, node, telemetry) = (run.Request, run.Folder, run.Node?.State, run.Telemetry);
        var (videos, options) = (task.Videos, task.Options);
        // A process a pair has no pass to share.
        if (run.Decoders.Kind == DecoderKind.Isolated) options = options with { AheadEpochs = 1 };
        var method = run.Settings.ToMethod();
        var length = RunLength.Of(videos.Usable.Length, options.BatchSize, options.Epochs, options.MaxSteps);
        var engines = new LivingEngines();
        var (storage, start) = SessionStart.Checkpoints(run, options, length);
        CheckpointRoom.Require(folder.Checkpoints, method);
        var initial = request.InitFrom is { } file ? SessionStart.InitialWeights(file, method) : null;
        SessionStart.WriteDown(run, task, start);
        telemetry.Begin(start);
        RankZero.Own?.Trains(folder.Path);
        if (request.Leader is { } leader)
        {
            leader.Prepare(RankPlan.Of(request.Configuration, folder.Path, videos, task.Precision, task.Way).ToJson());
            Log.Information("{Ranks} ranks train together, each with {Own} pairs of a batch", request.Ranks, options.OwnBatch);
        }

        var progress = new RunProgress(run.Settings, length, run.Screen.Show, TimeProvider.System);
        var akka = ConfigurationFactory.ParseString(request.Configuration.AkkaText(typeof(SerilogAkkaLogger).AssemblyQualifiedName!))
            .WithFallback(Dispatchers.Configuration);
        SessionStart.Announce(method, options, length);
        var library = new PreparedLibrary(task.Catalog, videos.Prepared);
        var system = run.Cluster is null ? run.Host.Start(akka) : run.Host.Start(run.Cluster.Options, akka);
        using var workers = run.Cluster?.Welcome(
            system, options, run.Decoders, library, OutOfProcessEvaluations.Orders(request.Configuration, folder, options.Device));
        if (workers is not null)
        {
            node?.Welcomed(new WorkerDesk(() => workers.Workers, workers.Drain));
            WorkerInstruments.Create(telemetry.Instruments, () => workers.Workers);
        }

        var training = TrainingRun.Start(system, options, new RunParts
        {
            Videos = videos.Usable,
            Library = library,
            Workers = workers,
            Decoder = run.Decoders.Preferring(videos.Prepared),
            Engine = () => engines.Make(() => Led(request.Leader, new TrainingEngine(
                method.OfRank(request.Ranks), options.Device, options.Sampling.Seed, initial, node is null ? null : node.Preview.Look,
                task.Precision, run.Settings.Training.CudaGraph, task.Exchange))),
            Checkpoints = storage,
            Start = start,
            Unusable = videos.Unusable,
            Evaluator = OutOfProcessEvaluations.Engine(run.Settings, folder, options.Device),
            SettingsChanged = live => run.Log.Level = Enum.Parse<Serilog.Events.LogEventLevel>(live.LogLevel, ignoreCase: true),
            Observer = step =>
            {
                progress.Observe(step);
                node?.Observe(step);
                telemetry.Observe(step);
            },
            EvaluationObserver = telemetry.Evaluated,
            DecisionObserver = node is null ? null : node.Supervision.Add,
            TrainingOver = task.Parting.Begin,
            Instruments = telemetry.Instruments,
        });
        _ = MemoryWatch.WatchAsync(training, new MemoryLimit(), new MemoryNeed(method).Copy);
        node?.Began(training, length, options);
        run.Signals.StopBy(training.Stop);
        var outcome = training.Completion.GetAwaiter().GetResult();
        if (engines.Any) ProcessEnd.LeaveBehind();
        run.Host.WaitForLog();
        SessionEnd.Remember(outcome, length, folder);
        return outcome;
    }

    private static ITrainingEngine Led(RankLeader? leader, TrainingEngine engine) =>
        leader is null ? engine : new LeadingEngine(leader, engine);

    private static void Say(string sentence) => Log.Information("{Signal}", sentence);
}
