using CACL.Actors.Evaluators;
using CACL.Actors.Membership;
using CACL.Node.Ending;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Node.Training;
using Serilog;

namespace CACL.Node.Working;

/// <summary>What this machine has to offer to a training, by the role of its worker.</summary>
internal sealed class WorkerOffers : IDisposable
{
    /// <summary>What it decodes with; null: it evaluates.</summary>
    public DecoderOffer? Decoders { get; private init; }

    /// <summary>What it evaluates with; null: it decodes.</summary>
    public EvaluatorOffer? Evaluator { get; private init; }

    /// <summary>Checks that the settings name what the role needs.</summary>
    /// <exception cref="UserException">They do not, or it is not there.</exception>
    public static void Require(RunSettings settings, string role)
    {
        if (role == ClusterMember.Evaluator)
        {
            if (settings.TrainingEvaluation.DataSets.Count == 0)
            {
                throw new UserException(
                    "cacl.evaluation.datasets is empty: name the data sets here, such as "
                    + "--set cacl.evaluation.datasets=folder:/data/camvid.");
            }

            OutOfProcessEvaluations.Check(settings, "This worker cannot evaluate");
            return;
        }

        if (settings.Data.Videos.Count + settings.Cluster.Folders.Count > 0) return;
        throw new UserException(
            "cacl.data.videos is empty: name the folder with the videos here, such as --set cacl.data.videos=/data/clips.");
    }

    /// <summary>Makes ready what the role needs.</summary>
    /// <exception cref="UserException">The folder for checkpoints cannot be used.</exception>
    public static WorkerOffers Open(ResolvedConfiguration configuration, string role) => role == ClusterMember.Evaluator
        ? new WorkerOffers { Evaluator = Evaluation(configuration) }
        : new WorkerOffers { Decoders = Decoding(configuration.Settings) };

    /// <inheritdoc/>
    public void Dispose() => Evaluator?.Cache.Dispose();

    private static EvaluatorOffer Evaluation(ResolvedConfiguration configuration)
    {
        var settings = configuration.Settings.Cluster;
        try
        {
            var cache = CheckpointCache.Open(settings.CacheFolder, settings.CacheSize);
            Log.Information("Checkpoints are kept in {Folder}", cache.Folder);
            return new EvaluatorOffer
            {
                AtOnce = settings.Evaluations,
                Cache = cache,
                Bench = new EvaluationBench(configuration, cache.Work, OwnProgram.Find()),
            };
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"{settings.CacheFolder} cannot be used for checkpoints: {cause.Message.TrimEnd('.')}. Name another folder with "
                + "cacl.cluster.cache.folder.",
                cause);
        }
    }

    private static DecoderOffer Decoding(RunSettings settings)
    {
        var decoders = ProgramDecoders.Create(settings.Data.Decoder, sentence => Log.Warning("{Replaced:l}", sentence));
        Log.Information("{Decoders}", decoders.Why);
        return new DecoderOffer
        {
            Media = decoders.Media,
            Count = settings.Data.Decoders > 0 ? settings.Data.Decoders : Environment.ProcessorCount,
            Create = decoders.CreateDecoder,
            Folders = TrainingCluster.Folders(settings),
            MaxRestarts = settings.Supervision.DecoderMaxRestarts,
            RestartWindow = settings.Supervision.DecoderWindow,
            BackOff = settings.Supervision.DecoderBackOff,
        };
    }
}
