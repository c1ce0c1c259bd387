using Akka.Actor;
using CACL.Actors.Certificates;
using CACL.Actors.Contracts;
using CACL.Actors.Membership;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Node.Ending;
using CACL.Node.Programs;
using CACL.Node.Settings;
using Serilog;

namespace CACL.Node.Training;

/// <summary>A training's part of a cluster whose workers decode and evaluate for it.</summary>
internal sealed class TrainingCluster : IDisposable
{
    private readonly RunSettings _settings;

    private TrainingCluster(RunSettings settings)
    {
        _settings = settings;
        var cluster = settings.Cluster;
        Options = new ClusterMember
        {
            Role = ClusterMember.Trainer,
            Host = cluster.Host,
            Port = cluster.Port,
            DataPort = cluster.DataPort,
            Certificate = cluster.Certificate(ClusterCertificates.Trainer),
            DownAfter = cluster.DownAfter,
        };
    }

    /// <summary>How this process is a member.</summary>
    public ClusterMember Options { get; }

    /// <summary>Returns it as the settings want it, or null where they want none.</summary>
    /// <exception cref="UserException">The settings cannot be followed.</exception>
    /// <exception cref="CertificateException">The certificate cannot be used.</exception>
    public static TrainingCluster? Of(RunSettings settings, int ranks)
    {
        if (!settings.Cluster.Enabled) return null;
        if (ranks > 1)
            throw new UserException(
                "cacl.cluster.enabled is on, but several ranks train together, each of which decodes its own share. Switch one of the two "
                + "off.");
        return new TrainingCluster(settings);
    }

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
        Log.Information("Workers join with: cacl worker --role decoder --join {Address} (or --role evaluator)", hub.Address);
        return hub;
    }

    /// <summary>The folders that all machines of a cluster have.</summary>
    public static SharedFolders Folders(RunSettings settings) => new(
        settings.Cluster.Folders.Count > 0 ? settings.Cluster.Folders : new VideoRoots(settings.Data.Videos).Folders);

    /// <inheritdoc/>
    public void Dispose() => Options.Certificate?.Dispose();
}
