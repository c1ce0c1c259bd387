using Akka.Actor;
using Akka.Configuration;
using CACL.Actors.Membership;
using CACL.Actors.Supervision;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>A worker in an actor system of its own, in this process: all that it says to the trainer goes over sockets.</summary>
internal sealed class WorkerSystem : IDisposable
{
    private readonly ActorSystem _system;

    public WorkerSystem(
        string trainer, string name, Func<IPairDecoder> decoder, SharedFolders folders, int decoders = 2, string media = "ffmpeg 1",
        string version = "1", ClusterMember? cluster = null)
    {
        cluster ??= Options(ClusterMember.Decoder);
        _system = ActorSystem.Create("cacl", ClusterSetup.Of(cluster, Configuration));
        var place = trainer.Split(':');
        Worker = DecodingWorker.Start(_system, cluster, new WorkerOptions
        {
            Name = name,
            TrainerHost = place[0],
            TrainerPort = int.Parse(place[1]),
            Version = version,
            Media = media,
            Decoders = decoders,
            Decoder = decoder,
            Folders = folders,
        });
    }

    /// <summary>The configuration of these systems: the program's, quiet.</summary>
    public static Config Configuration { get; } =
        ConfigurationFactory.ParseString("akka { loggers = [], stdout-loglevel = OFF, loglevel = DEBUG }").WithFallback(Dispatchers.Configuration);

    public DecodingWorker Worker { get; }

    public static ClusterMember Options(string role) => new()
    {
        Role = role,
        Host = "127.0.0.1",
        Port = 0,
        DownAfter = TimeSpan.FromSeconds(2),
    };

    /// <summary>Ends it without a word, as a crash does: its connections break.</summary>
    public void Dispose()
    {
        Eventually.Ends(_system.Terminate());
        _system.Dispose();
    }
}
