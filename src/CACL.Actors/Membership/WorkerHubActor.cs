using System.Collections.Concurrent;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Links;
using CACL.Actors.Serialization;

namespace CACL.Actors.Membership;

/// <summary>
/// Accepts workers: members of the cluster whose program and decoder are those of the training. Each gets a ticket, connects with it, and
/// becomes a <see cref="LinkActor"/>. A link ends with its connection, or when the cluster loses its member.
/// </summary>
internal sealed class WorkerHubActor : ReceiveActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WorkerHubOptions _options;
    private readonly ConcurrentDictionary<string, WorkerEntry> _entries;
    private readonly Dictionary<Address, Guest> _guests = [];
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly LinkVideos _videos;
    private IActorRef? _pool;
    private int _links;
    private bool _ending;

    public WorkerHubActor(WorkerHubOptions options, int port, ConcurrentDictionary<string, WorkerEntry> entries)
    {
        (_options, _entries) = (options, entries);
        _videos = new LinkVideos(options.Library, options.Folders);
        Receive<WorkerProtocol.Offer>(offer => Answer(offer, port));
        Receive<Arrived>(Link);
        Receive<LinkProtocol.Serve>(_ =>
        {
            _pool = Sender;
            foreach (var guest in _guests.Values) guest.Link?.Tell(new LinkProtocol.Serve(), _pool);
        });
        Receive<Drain>(message =>
        {
            if (GuestNamed(message.Worker) is not { Link: { } link }) return;
            if (_entries.TryGetValue(message.Worker, out var entry)) entry.Leaving = true;
            link.Tell(new LinkActor.Drain(ForGood: true));
        });
        Receive<Terminated>(message =>
        {
            Forget(message.ActorRef);
            EndIfAlone();
        });
        Receive<ClusterEvent.UnreachableMember>(message => Lose(message.Member, "cannot be reached"));
        Receive<ClusterEvent.MemberRemoved>(message => Lose(message.Member, "has left the cluster"));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<End>(_ =>
        {
            _ending = true;
            foreach (var guest in _guests.Values) guest.Link?.Tell(new LinkActor.Drain(ForGood: false));
            EndIfAlone();
        });
    }

    internal static Props Props(WorkerHubOptions options, int port, ConcurrentDictionary<string, WorkerEntry> entries) =>
        Akka.Actor.Props.Create(() => new WorkerHubActor(options, port, entries));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent),
        typeof(ClusterEvent.UnreachableMember));

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _entries.Clear();
    }

    // A link's failure is a lost worker: its pool hears of it as of a broken connection.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void EndIfAlone()
    {
        if (_ending && !Context.GetChildren().Any()) Context.Stop(Self);
    }

    private void Answer(WorkerProtocol.Offer offer, int port)
    {
        if (_ending) return;
        var address = Sender.Path.Address;
        if (!_cluster.State.Members.Any(member => member.Address.Equals(address))) return; // it will ask again
        if (offer.Version != _options.Version || offer.Media != _options.Media)
        {
            _log.Warning("{Worker} at {Address} is refused: it would decode other bytes", offer.Name, Place(address));
            Sender.Tell(new WorkerProtocol.Refused(
                $"The trainer refuses this worker, which would decode other bytes: here is version {offer.Version} with {offer.Media}, "
                + $"there version {_options.Version} with {_options.Media}. Install the same versions on both machines."));
            return;
        }

        if (!_guests.TryGetValue(address, out var guest) || guest.Offer.Attempt < offer.Attempt)
        {
            // Its former connection, of which it has given up hope.
            if (guest?.Link is { } former) Context.Stop(former);
            if (guest is not null) Release(guest);
            guest = _guests[address] = new Guest(offer, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        }

        if (guest.Link is null && guest.Offer.Attempt == offer.Attempt)
            Sender.Tell(new WorkerProtocol.Accepted(guest.Ticket, port, _options.CropSize, _options.DecodeTimeout));
    }

    private void Link(Arrived message)
    {
        var (address, guest) = _guests.FirstOrDefault(entry => entry.Value.Link is null && Matches(entry.Value.Ticket, message.Ticket));
        if (guest is null)
        {
            message.Stream.Dispose();
            return;
        }

        var name = NameFor(guest.Offer.Name);
        var figures = new LinkFigures(message.Stream);
        var memory = PairMemory.Of(Context.System);
        guest.Link = Context.ActorOf(
            LinkActor.Props(new LinkActor.Settings(message.Stream, name, _videos, memory.Rent, figures)), $"link-{++_links}");
        guest.Name = name;
        Context.Watch(guest.Link);
        _entries[name] = new WorkerEntry(name, Place(address), guest.Offer.Decoders, figures);
        _log.Info("{Worker} at {Address} decodes for this training, with {Decoders} decoders", name, Place(address), guest.Offer.Decoders);
        if (_pool is { } pool) guest.Link.Tell(new LinkProtocol.Serve(), pool);
    }

    private void Lose(Member member, string what)
    {
        if (!_guests.Remove(member.Address, out var guest) || guest.Link is not { } link) return;
        _log.Warning("{Worker} {What}: what it had is decoded elsewhere", guest.Name, what);
        Release(guest);
        Context.Stop(link);
    }

    private void Forget(IActorRef link)
    {
        var (address, guest) = _guests.FirstOrDefault(entry => link.Equals(entry.Value.Link));
        if (guest is null) return;
        _guests.Remove(address);
        Release(guest);
    }

    private void Release(Guest guest)
    {
        if (guest.Name is { } name) _entries.TryRemove(name, out _);
    }

    private Guest? GuestNamed(string name) => _guests.Values.FirstOrDefault(guest => guest.Name == name);

    private string NameFor(string wanted)
    {
        var name = wanted;
        for (var number = 2; GuestNamed(name) is not null; number++) name = $"{wanted}-{number}";
        return name;
    }

    private static bool Matches(string ticket, string shown) => CryptographicOperations.FixedTimeEquals(
        System.Text.Encoding.ASCII.GetBytes(ticket), System.Text.Encoding.ASCII.GetBytes(shown));

    private static string Place(Address address) => $"{address.Host}:{address.Port}";

    /// <summary>A connection on which a ticket was shown.</summary>
    internal sealed record Arrived(string Ticket, LinkStream Stream) : INoSerializationVerificationNeeded;

    /// <summary>Has a worker finish what it has, and end.</summary>
    internal sealed record Drain(string Worker) : INoSerializationVerificationNeeded;

    /// <summary>Lets all workers go.</summary>
    internal sealed record End : INoSerializationVerificationNeeded;

    private sealed class Guest(WorkerProtocol.Offer offer, string ticket)
    {
        public WorkerProtocol.Offer Offer => offer;

        public string Ticket => ticket;

        public IActorRef? Link { get; set; }

        public string? Name { get; set; }
    }
}
