using Akka.Actor;
using CACL.Actors.Certificates;
using CACL.Actors.Contracts;
using CACL.Actors.Membership;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Node.Programs;
using CACL.Node.Settings;
using Serilog;

namespace CACL.Node.Training;

/// <summary>A training's part of a cluster whose workers decode and evaluate for it.</summary>
internal sealed class TrainingCluster : IDisposable
{
    private readonly RunSettings _settings;

    private TrainingCluster(RunSettings settings, int rankOnThisMachine)
    {
        _settings = settings;
        var cluster = settings.Cluster;
        Options = new ClusterMember
        {
            Role = ClusterMember.Trainer,
            Host = cluster.Host,
            Port = OfRank(cluster.Port),
            DataPort = OfRank(cluster.DataPort),
            Certificate = cluster.Certificate(ClusterCertificates.Trainer),
            DownAfter = cluster.DownAfter,
        };

        // The ranks of a machine take pairs of ports one after the other; any free one stays that.
        int OfRank(int port) => port == 0 ? 0 : port + (2 * rankOnThisMachine);
    }

    /// <summary>How this process is a member.</summary>
    public ClusterMember Options { get; }

    /// <summary>Returns it as the settings want it, or null where they want none.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="rankOnThisMachine">The number of this process among those that train together on this machine, from 0.</param>
    /// <exception cref="CertificateException">The certificate cannot be used.</exception>
    public static TrainingCluster? Of(RunSettings settings, int rankOnThisMachine) =>
        settings.Cluster.Enabled ? new TrainingCluster(settings, rankOnThisMachine) : null;

    /// <summary>Accepts workers from now on.</summary>
    public WorkerHub Welcome(
        ActorSystem system, RunOptions options, PairDecoders decoders, IVideoLibrary library, IEvaluationOrders? orders)
    {
        var hub = WorkerHub.Start(
            system, Options,
            new WorkerHubOptions
            {
                Version = ProgramVersion.Text,
                Media = decoders.Media,
                CropSize = options.Sampling.CropSize,
                DecodeTimeout = options.DecodeTimeout,
                Library = library,
                Folders = Folders(_settings),
                Orders = orders,
            },
            why => Log.Warning("A connection to the port for workers was turned away: {Why}", why));
        Log.ForContext<TrainingCluster>().Information(
            "Workers join with: cacl worker --role decoder --join {Address:l}{Others:l}", hub.Address,
            orders is null ? "" : " (or --role evaluator)");
        return hub;
    }

    /// <summary>The folders that all machines of a cluster have.</summary>
    public static SharedFolders Folders(RunSettings settings) => new(
        settings.Cluster.Folders.Count > 0 ? settings.Cluster.Folders : new VideoRoots(settings.Data.Videos).Folders);

    /// <inheritdoc/>
    public void Dispose() => Options.Certificate?.Dispose();
}
