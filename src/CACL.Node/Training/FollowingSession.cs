using System.Globalization;
using System.Runtime.InteropServices;
using Akka.Configuration;
using CACL.Actors.Membership;
using CACL.Actors.Ranks;
using CACL.Actors.Supervision;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Learning.DataParallel;
using CACL.Learning.Methods;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Node.Devices;
using CACL.Node.Ending;
using CACL.Node.Logging;
using CACL.Node.Programs;
using CACL.Node.RunInputs;
using CACL.Node.Settings;
using CACL.Runs.Steps;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace CACL.Node.Training;

/// <summary>
/// Handles <c>cacl train</c> on a rank other than 0: it decodes its share of each batch, or has workers of its own decode it, and takes its
/// part of each step. It writes no file; warnings go to standard error.
/// </summary>
internal static class FollowingSession
{
    /// <summary>Trains until rank 0 ends it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="LostRankException">The ranks cannot go on together.</exception>
    public static int Run(TrainRequest request, ICollectives ranks)
    {
        // Rank 0 decides when the training ends; a launcher sends its signals to all.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        using var log = new LoggerConfiguration().MinimumLevel.Warning()
            .MinimumLevel.Override(typeof(TrainingCluster).FullName!, LogEventLevel.Information)
            .WriteTo.Sink(new RankSink(ranks.Rank)).CreateLogger();
        Log.Logger = log;
        try
        {
            RankFollower.Run(ranks, plan => Prepare(request, ranks, RankPlan.Read(plan)));
            return ExitCodes.Success;
        }
        catch (LostRankException lost)
        {
            throw new LostRankException(
                string.Create(CultureInfo.InvariantCulture, $"Rank {ranks.Rank} ends: {lost.Message}"), lost);
        }
        finally
        {
            Log.Logger = Logger.None;
        }
    }

    private static Inputs Prepare(TrainRequest request, ICollectives ranks, RankPlan plan)
    {
        try
        {
            return new Inputs(request.Configuration, ranks, plan);
        }
        catch (Exception cause) when (cause is not RankInputsException)
        {
            throw new RankInputsException(cause.Message, cause);
        }
    }

    private sealed class Inputs : IRankInputs
    {
        private readonly VideoCatalog _catalog;
        private readonly ActorSystemHost _host = new();
        private readonly RankBatches _batches;
        private readonly ITensorCollectives _exchange;
        private readonly TrainingCluster? _cluster;
        private readonly WorkerHub? _workers;

        public Inputs(ResolvedConfiguration configuration, ICollectives ranks, RankPlan plan)
        {
            var settings = configuration.Settings;
            if (ResolvedConfiguration.Difference(plan.Settings, configuration.Fingerprint) is { Count: > 0 } different)
            {
                throw new RankInputsException(
                    $"it was started with other settings than rank 0: {string.Join("; ", different)} (then: rank 0's, now: its own).");
            }

            _catalog = VideoCatalog.Open(settings.Data.Catalog);
            var videos = TrainingVideos.Find(
                plan.Folder, _catalog, new VideoRoots(settings.Data.Videos), settings.Data.Stride, plan.Videos)
                ?? throw new RankInputsException(
                    $"its catalogue {settings.Data.Catalog} does not hold the videos that rank 0 trains on ({plan.Videos}): give both the "
                    + "same catalogue and the same videos.");
            var prepared = PreparedInputs.Of(_catalog, videos, settings.Data, lost => Log.Warning("{Prepared}", lost));
            videos = videos with { Prepared = prepared };
            var processes = MpiEnvironment.Own.OnThisMachine;
            var device = TorchDevice.Prepare(settings.Training, processes, MpiEnvironment.Own.RankOnThisMachine);
            RankRules.RequireDevice(settings, device, ranks.Size, processes);
            var way = RankExchange.Of(settings.Ranks, device, ranks.Size);
            if (way.Words != plan.Way)
            {
                throw new RankInputsException(
                    $"rank 0 trains {plan.Way}, and it would train {way.Words} here ({device}): give all ranks the same devices and "
                    + "settings.");
            }

            var precision = Precisions.Find(plan.Precision)
                ?? throw new RankInputsException($"rank 0 computes in {plan.Precision}, which this version does not know.");
            var options = TrainingOptions.Of(
                configuration, plan.Folder, device, precision, videos, new BatchShare(ranks.Rank, ranks.Size), processes);
            var decoders = ProgramDecoders.Create(settings.Data.Decoder, sentence => Log.Warning("{Replaced:l}", sentence));
            _exchange = way.Create(ranks, device, settings.Ranks.Timeout);
            Engine = new TrainingEngine(
                settings.ToMethod().OfRank(ranks.Size), device, options.Sampling.Seed, precision: precision, ranks: _exchange);
            var akka = ConfigurationFactory.ParseString(configuration.AkkaText(typeof(SerilogAkkaLogger).AssemblyQualifiedName!))
                .WithFallback(Dispatchers.Configuration);
            _cluster = TrainingCluster.Of(settings, MpiEnvironment.Own.RankOnThisMachine);
            var system = _cluster is null ? _host.Start(akka) : _host.Start(_cluster.Options, akka);
            var library = new PreparedLibrary(_catalog, prepared);
            // Evaluations are rank 0's.
            _workers = _cluster?.Welcome(system, options, decoders, library, orders: null);
            _batches = RankBatches.Start(
                system, options, videos.Usable, library, decoders.Preferring(prepared),
                decision => Log.Warning("{Decision:l}", decision.Text), _workers);
        }

        public ITrainingEngine Engine { get; }

        public PairBatch? Next(long step, TimeSpan wait) => _batches.Next(step, wait);

        public void Dispose()
        {
            _workers?.Dispose();
            _batches.Dispose();
            _host.Dispose();
            _cluster?.Dispose();
            Engine.Dispose();
            _exchange.Dispose();
            _catalog.Dispose();
        }
    }

    // Many ranks write to one standard error.
    private sealed class RankSink(int rank) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Rank {rank}: {logEvent.RenderMessage(CultureInfo.InvariantCulture)}"));
    }
}
