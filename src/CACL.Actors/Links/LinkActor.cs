using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Data.Batches;

namespace CACL.Actors.Links;

/// <summary>
/// The training's end of a connection to a worker: to the decoders' pool it stands for all decoders there. It passes plans on as the worker
/// pulls them, and pairs back. It stops when the connection breaks, by which the pool learns that whatever it had is lost.
/// <code>
/// pool ──Decode──▶ link ──Request──▶ worker        pool ◀──Pull── link ◀──Pull── worker
/// pool ◀──Decoded, HandedBack── link ◀──Pair, HandedBack── worker
/// </code>
/// </summary>
internal sealed class LinkActor : ReceiveActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Settings _settings;
    private readonly Dictionary<long, (IActorRef Pool, long Request)> _open = [];
    private readonly LinkTraffic _traffic;
    private IActorRef _pool = ActorRefs.Nobody;
    private int _pulled;
    private long _requests;
    private bool _leaving;
    private bool _goesForGood;

    public LinkActor(Settings settings)
    {
        _settings = settings;
        var self = Self;
        _traffic = new LinkTraffic(settings, message => self.Tell(message));
        Receive<LinkProtocol.Serve>(_ =>
        {
            _pool = Sender;
            if (_pulled > 0) _pool.Tell(new LinkProtocol.Pull(_pulled));
        });
        Receive<DecoderProtocol.Decode>(Pass);
        Receive<LinkProtocol.Release>(_ => Release());
        Receive<LinkProtocol.Idle>(_ => Close(), _ => _leaving && Sender.Equals(_pool));
        Receive<Came>(Pass);
        Receive<GaveBack>(Pass);
        Receive<Pulled>(message => Pull(message.Pairs));
        Receive<Drain>(message => Leave(message.ForGood));
        Receive<Broken>(message =>
        {
            if (_leaving) _log.Info("{Worker} has gone", settings.Worker);
            else _log.Warning("{Worker} is lost: {Why}. What it had is decoded elsewhere", settings.Worker, message.Why);
            Context.Stop(Self);
        });
    }

    internal static Props Props(Settings settings) => Akka.Actor.Props.Create(() => new LinkActor(settings));

    protected override void PreStart() => _traffic.Start();

    protected override void PostStop() => _traffic.Dispose();

    private void Pass(DecoderProtocol.Decode message)
    {
        _pulled--;
        var number = ++_requests;
        _open[number] = (Sender, message.Request);
        _traffic.Send(new LinkTraffic.Outgoing(number, message.Plan));
    }

    private void Pass(Came message)
    {
        if (!_open.Remove(message.Number, out var asked))
        {
            message.Pair.Dispose(); // its pool is gone
            return;
        }

        _settings.Figures.Pair();
        asked.Pool.Tell(new DecoderProtocol.Decoded(asked.Request, message.Pair));
    }

    private void Pass(GaveBack message)
    {
        if (!_open.Remove(message.Number, out var asked)) return;
        var count = _settings.Figures.GaveBack();
        if (count == 1)
        {
            _log.Warning(
                "{Worker} cannot decode a pair, which is decoded here instead, and so are others like it without another warning: {Why}",
                _settings.Worker, message.Why);
        }

        asked.Pool.Tell(new LinkProtocol.HandedBack(asked.Request, message.Why));
        if (!message.WasSent) Pull(1);
    }

    private void Pull(int pairs)
    {
        if (_leaving) return;
        if (_pulled + _open.Count + pairs > LinkTraffic.MostPlans)
        {
            Self.Tell(new Broken($"it wants more than {LinkTraffic.MostPlans} plans at once"));
            return;
        }

        _pulled += pairs;
        _pool.Tell(new LinkProtocol.Pull(pairs));
    }

    private void Release()
    {
        foreach (var (number, asked) in _open.ToList())
        {
            if (asked.Pool.Equals(Sender)) _open.Remove(number);
        }

        Sender.Tell(new LinkProtocol.Released());
        if (!_pool.Equals(Sender)) return;
        _pool = ActorRefs.Nobody;
        if (_leaving) Close();
    }

    private void Leave(bool forGood)
    {
        _goesForGood |= forGood;
        if (_leaving) return;
        _leaving = true;
        _log.Info("{Worker} takes no more plans, and finishes those that it has", _settings.Worker);
        if (_pool.IsNobody()) Close();
        else _pool.Tell(new LinkProtocol.Withdraw());
    }

    private void Close() => _traffic.Over(_goesForGood);

    /// <summary>What a link consists of.</summary>
    /// <param name="Stream">The connection, the actor's from now on.</param>
    /// <param name="Worker">The worker's name, for people.</param>
    /// <param name="Videos">Looks up a video and its file, as a worker is told of it.</param>
    /// <param name="Rent">Returns memory for a pair.</param>
    /// <param name="Figures">Counts what goes over the link.</param>
    internal sealed record Settings(LinkStream Stream, string Worker, LinkVideos Videos, Func<FramePair> Rent, LinkFigures Figures);

    /// <summary>Has the worker finish what it has, and go.</summary>
    /// <param name="ForGood">Whether it is not to come back.</param>
    internal sealed record Drain(bool ForGood) : INoSerializationVerificationNeeded;

    /// <summary>A pair came.</summary>
    internal sealed record Came(long Number, FramePair Pair) : INoSerializationVerificationNeeded;

    /// <summary>A plan was not decoded, or was not even sent.</summary>
    internal sealed record GaveBack(long Number, string Why, bool WasSent) : INoSerializationVerificationNeeded;

    /// <summary>The worker wants more.</summary>
    internal sealed record Pulled(int Pairs) : INoSerializationVerificationNeeded;

    /// <summary>The connection is broken.</summary>
    internal sealed record Broken(string Why) : INoSerializationVerificationNeeded;
}
