using Akka.Actor;
using Akka.Cluster;

namespace CACL.Actors.Membership;

/// <summary>
/// Keeps the trainer in its cluster, and its actor system alive, without which there is no training. When members have not heard each other
/// for a while, the trainer alone decides: it takes out those that cannot be reached. A worker that does not reach the trainer leaves by
/// itself, to join anew. The split-brain resolver that comes with Akka.Cluster would keep the trainer's side of a network that splits in
/// two; but where only the way between the trainer and one of several workers fails, it takes out both ends of it.
/// </summary>
public sealed class TrainerStays : IDowningProvider
{
    /// <summary>The setting: how long a member may be silent.</summary>
    internal const string DownAfter = "akka.cluster.trainer-stays.down-after";

    private readonly Cluster _cluster;

    /// <summary>Akka.Cluster creates it.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="cluster">The cluster, as this member sees it.</param>
    public TrainerStays(ActorSystem system, Cluster cluster)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(cluster);
        _cluster = cluster;
        DownRemovalMargin = system.Settings.Config.GetTimeSpan(DownAfter);
        if (!IsTrainer) return;
        // Akka shuts down a system whose partner did not finish TLS's handshake in time. No phase follows one that fails, as ClusterSetup
        // has it.
        CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind, "stay",
            () => throw new InvalidOperationException("The training goes on, and its cluster with it."));
    }

    /// <inheritdoc/>
    public TimeSpan DownRemovalMargin { get; }

    /// <inheritdoc/>
    public Props? DowningActorProps
    {
        get
        {
            var (cluster, patience) = (_cluster, DownRemovalMargin);
            return IsTrainer ? Props.Create(() => new Watcher(cluster, patience)) : null;
        }
    }

    private bool IsTrainer => _cluster.SelfRoles.Contains(ClusterMember.Trainer);

    private sealed class Watcher : ReceiveActor, IWithTimers
    {
        private readonly Cluster _cluster;

        public Watcher(Cluster cluster, TimeSpan patience)
        {
            _cluster = cluster;
            Receive<ClusterEvent.UnreachableMember>(
                silent => Timers.StartSingleTimer(silent.Member.UniqueAddress, new Overdue(silent.Member.Address), patience));
            Receive<ClusterEvent.ReachableMember>(heard => Timers.Cancel(heard.Member.UniqueAddress));
            Receive<ClusterEvent.MemberRemoved>(gone => Timers.Cancel(gone.Member.UniqueAddress));
            Receive<Overdue>(overdue => _cluster.Down(overdue.Address));
            Receive<ClusterEvent.IMemberEvent>(_ => { });
        }

        /// <inheritdoc/>
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent),
            typeof(ClusterEvent.IReachabilityEvent));

        protected override void PostStop() => _cluster.Unsubscribe(Self);

        private sealed record Overdue(Address Address) : INoSerializationVerificationNeeded;
    }
}
