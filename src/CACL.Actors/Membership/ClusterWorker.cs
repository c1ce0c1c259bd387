using Akka.Actor;

namespace CACL.Actors.Membership;

/// <summary>A worker's membership in a trainer's cluster, as the program that started it sees it.</summary>
public sealed class ClusterWorker
{
    private readonly IActorRef _worker;

    private ClusterWorker(IActorRef worker, Task<WorkerEnd> completion) => (_worker, Completion) = (worker, completion);

    /// <summary>Completes when the membership has ended, for whatever reason; never faults.</summary>
    public Task<WorkerEnd> Completion { get; }

    /// <summary>Joins the trainer's cluster.</summary>
    /// <param name="system">An actor system with <see cref="ClusterSetup"/>, which stays the caller's.</param>
    /// <param name="cluster">Where this worker can be reached.</param>
    /// <param name="options">What it has.</param>
    public static ClusterWorker Start(ActorSystem system, ClusterMember cluster, WorkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(options);
        var end = new TaskCompletionSource<WorkerEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new ClusterWorker(system.ActorOf(WorkerActor.Props(options, cluster, end), "worker"), end.Task);
    }

    /// <summary>Has it finish what it has, and end. Can be called from any thread.</summary>
    public void Stop() => _worker.Tell(new WorkerActor.Stop());
}
