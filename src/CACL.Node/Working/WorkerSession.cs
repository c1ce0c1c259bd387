using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Cluster;
using Akka.Configuration;
using CACL.Actors.Certificates;
using CACL.Actors.Links;
using CACL.Actors.Membership;
using CACL.Actors.Supervision;
using CACL.Node.Ending;
using CACL.Node.Logging;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Node.Training;
using Serilog;
using Serilog.Core;

namespace CACL.Node.Working;

/// <summary>
/// Handles <c>cacl worker</c>: joins the trainer's cluster and decodes or evaluates for it, and joins anew whenever the trainer is lost,
/// until somebody ends it.
/// </summary>
internal static class WorkerSession
{
    private static readonly TimeSpan LeavingTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    /// <summary>Works.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="role">What it does: <see cref="ClusterMember.Decoder"/> or <see cref="ClusterMember.Evaluator"/>.</param>
    /// <param name="trainer">The trainer's host.</param>
    /// <param name="port">The trainer's port.</param>
    /// <param name="host">This machine, as the trainer reaches it; null: found out.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">Something that the user can fix.</exception>
    public static int Run(ResolvedConfiguration configuration, string role, string trainer, int port, string? host)
    {
        var settings = configuration.Settings;
        WorkerOffers.Require(settings, role);
        var isOneMachine = ClusterMember.IsLoopback(trainer) && ClusterMember.IsLoopback(host ?? trainer);
        if (settings.Cluster.Certificates.Length == 0 && !isOneMachine)
        {
            throw new UserException(
                $"{trainer} is another machine, and there are no certificates by which to know it. Copy those that the trainer has here, "
                + "and name their folder with --set cacl.cluster.certificates=DIR; `cacl cluster certificates DIR` makes some.");
        }

        using var certificate = settings.Cluster.Certificate(ClusterCertificates.Worker);
        using var log = new LoggerConfiguration()
            .MinimumLevel.Is(settings.Logging.Level)
            .WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}", formatProvider: CultureInfo.InvariantCulture)
            .CreateLogger();
        Log.Logger = log;
        using var signals = new StopSignals(sentence => Log.Information("{Signal}", sentence));
        try
        {
            using var offers = WorkerOffers.Open(configuration, role);
            var options = new WorkerOptions
            {
                Name = Environment.MachineName,
                TrainerHost = trainer,
                TrainerPort = port,
                Version = ProgramVersion.Text,
                Decoders = offers.Decoders,
                Evaluator = offers.Evaluator,
            };
            Log.Information("Joining the trainer {Host}:{Port} as {Name}", trainer, port, options.Name);
            while (true)
            {
                if (!Await(trainer, port, certificate, signals)) return signals.ExitCode;
                var end = Join(settings, options, certificate, host, signals);
                if (end.IsFault) throw new UserException(end.Why!);
                if (end.Why is { } why)
                {
                    Log.Information("{Why}", why);
                    return signals.ExitCode;
                }

            }
        }
        finally
        {
            Log.Logger = Logger.None;
        }
    }

    /// <summary>Waits until the trainer's port is there, and is the trainer's; says, each time that it changes, why not.</summary>
    /// <returns>False: somebody ended the wait.</returns>
    private static bool Await(string trainer, int port, NodeCertificate? certificate, StopSignals signals)
    {
        using var stopped = new ManualResetEventSlim();
        signals.StopBy(_ => stopped.Set(), "ending");
        for (string? said = null; TrainerProbe.WhyNot(trainer, port, certificate) is { } why; said = why)
        {
            if (why != said) Log.Warning("Waiting for the trainer: {Why}", why);
            if (stopped.Wait(BetweenTries)) return false;
        }

        return true;
    }

    private static WorkerEnd Join(
        RunSettings settings, WorkerOptions options, NodeCertificate? certificate, string? host, StopSignals signals)
    {
        var akka = ConfigurationFactory
            .ParseString($"akka {{ loggers = [\"{typeof(SerilogAkkaLogger).AssemblyQualifiedName}\"], loglevel = DEBUG }}")
            .WithFallback(Dispatchers.Configuration);
        var cluster = new ClusterMember
        {
            Role = options.Evaluator is null ? ClusterMember.Decoder : ClusterMember.Evaluator,
            Host = host ?? AddressTowards(options.TrainerHost, options.TrainerPort),
            Port = 0,
            Certificate = certificate,
            DownAfter = settings.Cluster.DownAfter,
        };
        using var systems = new ActorSystemHost();
        var system = systems.Start(cluster, akka);
        var worker = ClusterWorker.Start(system, cluster, options);
        signals.StopBy(_ => worker.Stop(), "finishing what has begun");
        var end = worker.Completion.GetAwaiter().GetResult();
        // A cluster that is told goes on at once.
        if (end.WasLinked) Task.WhenAny(Cluster.Get(system).LeaveAsync(), Task.Delay(LeavingTime)).GetAwaiter().GetResult();
        systems.WaitForLog();
        return end;
    }

    /// <summary>Returns the address of this machine from which it reaches another; nothing is sent.</summary>
    private static string AddressTowards(string host, int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(host, port);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException cause)
        {
            throw new UserException($"The trainer {host} cannot be found: {cause.Message}.", cause);
        }
    }
}
