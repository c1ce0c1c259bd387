using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using CACL.Actors.Links;
using CACL.Data.Wording;

namespace CACL.Actors.Membership;

/// <summary>The workers of a training: the actor that accepts them, and the port to which they connect.</summary>
public sealed class WorkerHub : IDisposable
{
    /// <summary>Name of the actor that workers speak to.</summary>
    public const string Name = "workers";

    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(3);

    private readonly LinkListener _listener;
    private readonly ConcurrentDictionary<string, WorkerEntry> _entries;

    private WorkerHub(ActorSystem system, ClusterMember cluster, WorkerHubOptions options, Action<string> refused)
    {
        _entries = new ConcurrentDictionary<string, WorkerEntry>(StringComparer.Ordinal);
        IActorRef? links = null;
        _listener = LinkListener.Start(
            AddressOf(cluster.Host), cluster.DataPort, cluster.Certificate,
            (ticket, stream) =>
            {
                if (Volatile.Read(ref links) is { } hub) hub.Tell(new WorkerHubActor.Arrived(ticket, stream));
                else stream.Dispose();
            },
            refused);
        Links = system.ActorOf(WorkerHubActor.Props(options, _listener.Port, _entries), Name);
        Volatile.Write(ref links, Links);
        var own = Akka.Cluster.Cluster.Get(system);
        own.Join(own.SelfAddress);
        Address = $"{own.SelfAddress.Host}:{own.SelfAddress.Port}";
    }

    /// <summary>Host and port to join.</summary>
    public string Address { get; }

    /// <summary>The workers at this moment.</summary>
    public IReadOnlyList<WorkerStatus> Workers =>
        [.. _entries.Values.Select(entry => entry.Status).OrderBy(worker => worker.Name, StringComparer.Ordinal)];

    internal IActorRef Links { get; }

    /// <summary>Accepts workers from now on.</summary>
    /// <param name="system">An actor system with <see cref="ClusterSetup"/>, which stays the caller's.</param>
    /// <param name="cluster">Where it can be reached.</param>
    /// <param name="options">What the workers are told.</param>
    /// <param name="refused">Receives a clause about each connection that was turned away.</param>
    /// <exception cref="LinkException">A port cannot be had.</exception>
    public static WorkerHub Start(ActorSystem system, ClusterMember cluster, WorkerHubOptions options, Action<string> refused)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(options);
        return new WorkerHub(system, cluster, options, refused);
    }

    /// <summary>Has a worker finish what it has, and end.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Whether there is such a worker.</returns>
    public bool Drain(string name)
    {
        if (!_entries.ContainsKey(name)) return false;
        Links.Tell(new WorkerHubActor.Drain(name));
        return true;
    }

    /// <summary>Lets the workers go, who wait for the next training.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        try
        {
            Links.GracefulStop(GoodbyeTime, new WorkerHubActor.End()).GetAwaiter().GetResult();
        }
        catch (TaskCanceledException)
        {
            // They learn it from their connections.
        }
    }

    private static IPAddress AddressOf(string host)
    {
        if (IPAddress.TryParse(host, out var address)) return address;
        try
        {
            return Dns.GetHostAddresses(host).OrderBy(found => found.AddressFamily).First();
        }
        catch (Exception cause) when (cause is System.Net.Sockets.SocketException or InvalidOperationException)
        {
            throw new LinkException($"{SettingNames.ClusterHost} is {host}, which is no name of this machine: {cause.Message}", cause);
        }
    }
}
