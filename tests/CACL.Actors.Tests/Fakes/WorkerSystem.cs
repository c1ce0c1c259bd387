using Akka.Actor;
using Akka.Configuration;
using CACL.Actors.Evaluators;
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
        (_system, Worker) = Join(trainer, cluster ?? Options(ClusterMember.Decoder), new WorkerOptions
        {
            Name = name,
            TrainerHost = "",
            TrainerPort = 0,
            Version = version,
            Decoders = new DecoderOffer { Media = media, Count = decoders, Create = decoder, Folders = folders },
        });
    }

    /// <summary>One that evaluates.</summary>
    public WorkerSystem(string trainer, string name, EvaluatorOffer evaluator, string version = "1") =>
        (_system, Worker) = Join(trainer, Options(ClusterMember.Evaluator), new WorkerOptions
        {
            Name = name,
            TrainerHost = "",
            TrainerPort = 0,
            Version = version,
            Evaluator = evaluator,
        });

    /// <summary>The configuration of these systems: the program's, quiet.</summary>
    public static Config Configuration { get; } =
        ConfigurationFactory.ParseString("akka { loggers = [], stdout-loglevel = OFF, loglevel = DEBUG }").WithFallback(Dispatchers.Configuration);

    public ClusterWorker Worker { get; }

    public static ClusterMember Options(string role) => new()
    {
        Role = role,
        Host = "127.0.0.1",
        Port = 0,
        DownAfter = TimeSpan.FromSeconds(2),
    };

    private static (ActorSystem System, ClusterWorker Worker) Join(string trainer, ClusterMember cluster, WorkerOptions options)
    {
        var system = ActorSystem.Create("cacl", ClusterSetup.Of(cluster, Configuration));
        var place = trainer.Split(':');
        return (system, ClusterWorker.Start(
            system, cluster, options with { TrainerHost = place[0], TrainerPort = int.Parse(place[1]) }));
    }

    /// <summary>Ends it without a word, as a crash does: its connections break.</summary>
    public void Dispose()
    {
        Eventually.Ends(_system.Terminate());
        _system.Dispose();
    }
}
