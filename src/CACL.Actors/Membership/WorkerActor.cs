using System.Text;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using CACL.Actors.Certificates;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Evaluators;
using CACL.Actors.Links;
using CACL.Data.Batches;

namespace CACL.Actors.Membership;

/// <summary>
/// A worker that decodes or evaluates for a training on another machine: it joins the trainer's cluster, offers what it has, connects, and
/// does what it is sent. Whenever it loses the connection, it ends what it was doing, frees its memory, and offers itself again.
/// <code>
/// joining ──Up──▶ offering ──Accepted──▶ connecting ──▶ linked ──broken──▶ offering ──no trainer for too long──▶ ended, to join anew
/// </code>
/// </summary>
internal sealed class WorkerActor : ReceiveActor, IWithTimers
{
    // Plans for each decoder: one that it decodes, and others that wait, so that it need not wait for the network.
    private const int PlansADecoder = 4;

    private static readonly TimeSpan BetweenOffers = TimeSpan.FromMilliseconds(500);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WorkerOptions _options;
    private readonly NodeCertificate? _certificate;
    private readonly Address _trainer;
    private readonly TaskCompletionSource<WorkerEnd> _end;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<IActorRef, FramePairPool> _leaving = [];
    private Session? _session;
    private bool _connecting;
    private bool _stopping;
    private long _lastLinked;
    private int _sessions;
    private int _attempt;

    public WorkerActor(WorkerOptions options, ClusterMember cluster, TaskCompletionSource<WorkerEnd> end)
    {
        (_options, _certificate, _end) = (options, cluster.Certificate, end);
        _trainer = new Address(cluster.Protocol, Context.System.Name, options.TrainerHost, options.TrainerPort);
        _lastLinked = TimeProvider.System.GetTimestamp();
        Receive<Look>(_ => LookAround());
        Receive<WorkerProtocol.Accepted>(Connect);
        Receive<WorkerProtocol.Refused>(message => End(new WorkerEnd(message.Why, IsFault: true)));
        Receive<Connected>(Link);
        Receive<NotConnected>(message =>
        {
            _connecting = false;
            _attempt++;
            _log.Warning("{Why}", message.Why);
        });
        Receive<WorkerLinkEnd>(Ended);
        Receive<PoolProtocol.TooManyRestarts>(message => End(new WorkerEnd(message.Message, IsFault: true)));
        Receive<SupervisionDecision>(decision => _log.Warning("{Decision}", decision.Text));
        Receive<Terminated>(message => Free(message.ActorRef));
        Receive<Stop>(_ => StopGracefully());
        Receive<ClusterEvent.IMemberEvent>(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(WorkerOptions options, ClusterMember cluster, TaskCompletionSource<WorkerEnd> end) =>
        Akka.Actor.Props.Create(() => new WorkerActor(options, cluster, end));

    protected override void PreStart()
    {
        _cluster.Join(_trainer);
        Timers.StartPeriodicTimer("look", new Look(), TimeSpan.Zero, BetweenOffers);
    }

    protected override void PostStop()
    {
        _session?.Traffic.Dispose();
        _session?.Memory?.Dispose();
        foreach (var memory in _leaving.Values) memory.Dispose(); // a pair that is still rented is freed when it is returned
        _end.TrySetResult(new WorkerEnd(null)); // the cluster went on without this member
    }

    private void LookAround()
    {
        if (_session is not null || _connecting || _stopping) return;
        if (TimeProvider.System.GetElapsedTime(_lastLinked) > _options.Patience)
        {
            End(new WorkerEnd(null));
            return;
        }

        if (_cluster.SelfMember.Status != MemberStatus.Up) return;
        Context.ActorSelection(new RootActorPath(_trainer) / "user" / WorkerHub.Name)
            .Tell(new WorkerProtocol.Offer(
                _options.Name, _options.Version, _options.Decoders?.Media ?? "", _options.Decoders?.Count ?? 0, _attempt)
            {
                Evaluations = _options.Evaluator?.AtOnce ?? 0,
            });
    }

    private void Connect(WorkerProtocol.Accepted accepted)
    {
        if (_session is not null || _connecting || _stopping) return;
        _connecting = true;
        var (self, options, certificate) = (Self, _options, _certificate);
        Task.Run(() =>
        {
            try
            {
                var stream = LinkStream.Connect(options.TrainerHost, accepted.Port, certificate);
                stream.Write(LinkFrame.Hello, Encoding.ASCII.GetBytes(accepted.Ticket));
                self.Tell(new Connected(stream, accepted));
            }
            catch (LinkException cause)
            {
                self.Tell(new NotConnected($"The trainer's port for workers' data: {cause.Message}"));
            }
        });
    }

    private void Link(Connected message)
    {
        _connecting = false;
        _session = _options.Evaluator is { } evaluator
            ? Evaluate(message.Stream, evaluator, ++_sessions)
            : Decode(message.Stream, message.Terms, _options.Decoders!, ++_sessions);
        _session.Traffic.Start();
        if (_stopping) _session.Traffic.Leave();
    }

    private Session Evaluate(LinkStream stream, EvaluatorOffer offer, int number)
    {
        var (self, log) = (Self, _log);
        var work = new EvaluatorWork(stream, offer, sentence => log.Info("{Sentence:l}", sentence), Told(self, number));
        _log.Info(
            "Evaluating for the trainer {Host}:{Port}, {AtOnce} at once", _options.TrainerHost, _options.TrainerPort, offer.AtOnce);
        return new Session(number, work, null, null);
    }

    private Session Decode(LinkStream stream, WorkerProtocol.Accepted terms, DecoderOffer offer, int number)
    {
        var memory = new FramePairPool(terms.CropSize);
        var videos = new RequestedVideos();
        var pool = Context.ActorOf(
            DecoderPoolActor.Props(new DecoderPoolActor.Settings(
                offer.Count, offer.Create, videos, memory, terms.CropSize, terms.DecodeTimeout, offer.MaxRestarts, offer.RestartWindow,
                offer.BackOff, TimeProvider.System, ActorRefs.Nobody)
            {
                Bounds = new DecoderBounds(offer.Count, offer.Count, TrainingThreads: 0, Cores: offer.Count),
            }),
            $"decoders-{number}");
        Context.Watch(pool);
        var traffic = new WorkerTraffic(stream, offer.Folders, videos, pool, PlansADecoder * offer.Count, Told(Self, number));
        _log.Info(
            "Decoding for the trainer {Host}:{Port}, with {Decoders} decoders", _options.TrainerHost, _options.TrainerPort, offer.Count);
        return new Session(number, traffic, pool, memory);
    }

    private static Action<WorkerLinkEnd> Told(IActorRef self, int number) =>
        end => self.Tell(new WorkerLinkEnd(end.Why, end.ForGood) { Session = number });

    private void Ended(WorkerLinkEnd end)
    {
        if (end.Session != _session?.Number) return;
        if (end.ForGood || _stopping)
        {
            LoseLink();
            var done = _options.Evaluator is null ? "decoded" : "evaluated";
            End(new WorkerEnd(_stopping ? $"Stopped; the training has what was {done}." : "The trainer has drained this worker.")
            {
                WasLinked = true,
            });
            return;
        }

        LoseLink();
        if (end.Why is { } why)
        {
            _log.Warning("The trainer is lost: {Why}. Waiting for it to come back", why);
            return;
        }

        _log.Info("The training is over. Waiting for the next one");
        End(new WorkerEnd(null));
    }

    private void LoseLink()
    {
        if (_session is not { } session) return;
        session.Traffic.Dispose();
        if (session.Traffic is WorkerTraffic decoding) _log.Info("{Pairs} pairs went to the trainer", decoding.Pairs);
        if (session is { Pool: { } pool, Memory: { } memory })
        {
            pool.Tell(new PoolProtocol.End()); // its memory is freed when it is gone
            _leaving[pool] = memory;
        }

        _session = null;
        _attempt++;
        _lastLinked = TimeProvider.System.GetTimestamp();
    }

    private void Free(IActorRef pool)
    {
        if (_leaving.Remove(pool, out var memory)) memory.Dispose();
        else End(new WorkerEnd("The decoders' pool has stopped by itself.", IsFault: true));
    }

    private void StopGracefully()
    {
        _stopping = true;
        if (_session is { } session) session.Traffic.Leave();
        else if (!_connecting) End(new WorkerEnd("Stopped."));
    }

    private void End(WorkerEnd end)
    {
        _end.TrySetResult(end);
        Context.Stop(Self);
    }

    /// <summary>Has the worker finish what it has, and end.</summary>
    internal sealed record Stop : INoSerializationVerificationNeeded;

    private sealed record Look : INoSerializationVerificationNeeded;

    private sealed record Connected(LinkStream Stream, WorkerProtocol.Accepted Terms) : INoSerializationVerificationNeeded;

    private sealed record NotConnected(string Why) : INoSerializationVerificationNeeded;

    private sealed record Session(int Number, IWorkerTraffic Traffic, IActorRef? Pool, FramePairPool? Memory);
}
