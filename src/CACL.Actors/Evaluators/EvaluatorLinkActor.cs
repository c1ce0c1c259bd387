using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Links;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluators;

/// <summary>
/// The training's end of a connection to a worker that evaluates: offers the evaluator a place, by which it has evaluations made there. It
/// stops when the connection breaks, and whatever the worker had comes back to the evaluator.
/// </summary>
internal sealed class EvaluatorLinkActor : ReceiveActor, IWithTimers
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Settings _settings;
    private readonly EvaluatorTraffic _traffic;
    private readonly Place _place;
    private IActorRef _evaluator = ActorRefs.Nobody;
    private bool _leaving;
    private bool _goesForGood;

    public EvaluatorLinkActor(Settings settings)
    {
        _settings = settings;
        var self = Self;
        _traffic = new EvaluatorTraffic(settings.Stream, settings.Worker, message => self.Tell(message));
        _place = new Place(_traffic, settings);
        Receive<PlaceProtocol.Serve>(_ =>
        {
            _evaluator = Sender;
            if (!_leaving) _evaluator.Tell(new PlaceProtocol.Offered(_place));
        });
        Receive<LinkActor.Drain>(message => Leave(message.ForGood));
        Receive<TakeBack>(_ => _traffic.TakeBack(
            $"it is leaving, and did not end within the {settings.DrainTime.TotalMinutes:0.#} min that it was waited for"));
        Receive<EvaluatorTraffic.Settled>(_ => CloseIfDone());
        Receive<LinkActor.Broken>(message =>
        {
            if (_leaving) _log.Info("{Worker} has gone", settings.Worker);
            else if (_traffic.Open == 0) _log.Warning("{Worker} is lost: {Why}", settings.Worker, message.Why);
            _traffic.Lose(message.Why); // the evaluator says what becomes of what it had
            Context.Stop(Self);
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(Settings settings) => Akka.Actor.Props.Create(() => new EvaluatorLinkActor(settings));

    protected override void PreStart() => _traffic.Start();

    protected override void PostStop() => _traffic.Dispose();

    private void Leave(bool forGood)
    {
        _goesForGood |= forGood;
        if (_leaving) return;
        _leaving = _place.Leaving = true;
        _evaluator.Tell(new PlaceProtocol.Withdrawn());
        if (_traffic.Open > 0)
        {
            _log.Info("{Worker} takes no more evaluations, and finishes what it has", _settings.Worker);
            Timers.StartSingleTimer("take back", new TakeBack(), _settings.DrainTime);
        }

        CloseIfDone();
    }

    private void CloseIfDone()
    {
        if (_leaving && _traffic.Open == 0) _traffic.Over(_goesForGood);
    }

    /// <summary>What a link consists of.</summary>
    /// <param name="Stream">The connection, the actor's from now on.</param>
    /// <param name="Worker">The worker's name, for people.</param>
    /// <param name="AtOnce">How many evaluations it makes at once.</param>
    /// <param name="Orders">Writes its orders, and judges what comes back; null: the run evaluates nothing.</param>
    /// <param name="Figures">Counts what it does.</param>
    /// <param name="DrainTime">How long a worker that leaves may take for what it has.</param>
    internal sealed record Settings(
        LinkStream Stream, string Worker, int AtOnce, IEvaluationOrders? Orders, EvaluatorFigures Figures, TimeSpan DrainTime);

    private sealed record TakeBack : INoSerializationVerificationNeeded;

    private sealed class Place(EvaluatorTraffic traffic, Settings settings) : IEvaluationPlace
    {
        private volatile bool _leaving;

        public bool Leaving
        {
            get => _leaving;
            set => _leaving = value;
        }

        public string Worker => settings.Worker;

        public int AtOnce => settings.AtOnce;

        public async Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel)
        {
            var orders = settings.Orders ?? throw new LinkException("the run evaluates nothing");
            var (one, succeeded) = (settings.Figures.Begin(request), false);
            try
            {
                var order = await Task.Run(() => orders.Of(request), cancel).WaitAsync(cancel).ConfigureAwait(false);
                if (Leaving) throw new LinkException("it is leaving");
                var made = await traffic.EvaluateAsync(order, request.Checkpoint, cancel).ConfigureAwait(false);
                var result = orders.Take(request, order, made);
                succeeded = true;
                return result;
            }
            finally
            {
                settings.Figures.End(one, succeeded);
            }
        }
    }
}
