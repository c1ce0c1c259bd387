using System.Collections.Concurrent;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Evaluators;
using CACL.Actors.Links;
using CACL.Actors.Serialization;

namespace CACL.Actors.Membership;

/// <summary>
/// Accepts workers: members of the cluster whose program and decoder are those of the training. Each gets a ticket, connects with it, and
/// becomes a <see cref="LinkActor"/> if it decodes, an <see cref="EvaluatorLinkActor"/> if it evaluates. A link ends with its connection,
/// or when the cluster loses its member.
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
    private IActorRef? _evaluator;
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
            foreach (var guest in _guests.Values.Where(guest => !guest.Evaluates)) guest.Link?.Tell(new LinkProtocol.Serve(), _pool);
        });
        Receive<PlaceProtocol.Serve>(_ =>
        {
            _evaluator = Sender;
            foreach (var guest in _guests.Values.Where(guest => guest.Evaluates)) guest.Link?.Tell(new PlaceProtocol.Serve(), _evaluator);
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
        if (WhyNot(offer) is { } why)
        {
            _log.Warning(
                "{Worker} at {Address} is refused: it would {Do}", offer.Name, Place(address),
                offer.Evaluations > 0 ? "not measure the same" : "decode other bytes");
            Sender.Tell(new WorkerProtocol.Refused(why));
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

    private string? WhyNot(WorkerProtocol.Offer offer)
    {
        const string Remedy = "Install the same versions on both machines.";
        if (offer.Evaluations > 0)
        {
            return offer.Version == _options.Version ? null
                : $"The trainer refuses this worker, which might measure otherwise: here is version {offer.Version}, there version "
                    + $"{_options.Version}. {Remedy}";
        }

        return offer.Version == _options.Version && offer.Media == _options.Media ? null
            : $"The trainer refuses this worker, which would decode other bytes: here is version {offer.Version} with {offer.Media}, "
                + $"there version {_options.Version} with {_options.Media}. {Remedy}";
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
        guest.Link = guest.Evaluates
            ? LinkEvaluator(message.Stream, name, Place(address), guest.Offer)
            : LinkDecoder(message.Stream, name, Place(address), guest.Offer);
        guest.Name = name;
        Context.Watch(guest.Link);
        if (guest.Evaluates)
        {
            if (_evaluator is { } evaluator) guest.Link.Tell(new PlaceProtocol.Serve(), evaluator);
        }
        else if (_pool is { } pool)
        {
            guest.Link.Tell(new LinkProtocol.Serve(), pool);
        }
    }

    private IActorRef LinkDecoder(LinkStream stream, string name, string place, WorkerProtocol.Offer offer)
    {
        var figures = new LinkFigures(stream);
        var memory = PairMemory.Of(Context.System);
        _entries[name] = new WorkerEntry(() => new WorkerStatus(
            name, place, offer.Decoders, figures.Pairs, figures.HandedBack, figures.Bytes, 0, Leaving: false));
        _log.Info("{Worker} at {Address} decodes for this training, with {Decoders} decoders", name, place, offer.Decoders);
        return Context.ActorOf(
            LinkActor.Props(new LinkActor.Settings(stream, name, _videos, memory.Rent, figures)), $"link-{++_links}");
    }

    private IActorRef LinkEvaluator(LinkStream stream, string name, string place, WorkerProtocol.Offer offer)
    {
        var (figures, atOnce) = (new EvaluatorFigures(stream), Math.Min(offer.Evaluations, EvaluatorLimits.AtOnce));
        _entries[name] = new WorkerEntry(() => new WorkerStatus(
            name, place, 0, 0, figures.HandedBack, figures.Bytes, 0, Leaving: false)
        {
            Role = ClusterMember.Evaluator,
            Evaluations = atOnce,
            Evaluated = figures.Evaluated,
            Doing = figures.Doing,
        });
        _log.Info("{Worker} at {Address} evaluates for this training, {AtOnce} at once", name, place, atOnce);
        if (_options.Orders is null) _log.Warning("The run evaluates nothing, so that {Worker} has nothing to do", name);
        return Context.ActorOf(
            EvaluatorLinkActor.Props(
                new EvaluatorLinkActor.Settings(stream, name, atOnce, _options.Orders, figures, _options.DrainTime)),
            $"link-{++_links}");
    }

    private void Lose(Member member, string what)
    {
        if (!_guests.Remove(member.Address, out var guest) || guest.Link is not { } link) return;
        Release(guest);
        if (guest.Evaluates)
        {
            link.Tell(new LinkActor.Broken(what));
            return;
        }

        _log.Warning("{Worker} {What}: what it had is decoded elsewhere", guest.Name, what);
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

        public bool Evaluates => offer.Evaluations > 0;

        public IActorRef? Link { get; set; }

        public string? Name { get; set; }
    }
}
