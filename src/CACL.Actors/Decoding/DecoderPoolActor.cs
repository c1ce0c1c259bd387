using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Actors.Telemetry;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Data.Wording;
using CACL.Runs.Folder;

namespace CACL.Actors.Decoding;

/// <summary>
/// Hands plans to idle decoders and supervises them. A decoder that crashes, or does not answer before its deadline, is replaced after a
/// back-off. Its plan is retried once on another decoder, and several times if the decoder itself was at fault (killed, out of memory);
/// only then is the sample replaced for this run. Too many replacements within a window end the run. The number of decoders may change at
/// any time, by request or by the pool's own choice: a surplus decoder ends when it is idle. The stream's demand bounds the waiting
/// requests.
/// </summary>
internal sealed partial class DecoderPoolActor : ReceiveActor, IWithTimers
{
    /// <summary>
    /// Time after a decoder's own deadline before the pool gives up on it: only a decoder stuck in a call is silent for so long.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Attempts at a plan on which decoders crash.</summary>
    private const int MostTries = 2;

    /// <summary>
    /// Attempts at a plan when decoders fail through no fault of the video; a bound, so that no plan blocks the run for ever.
    /// </summary>
    private const int MostTriesOfFaultyDecoders = 5;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Settings _settings;
    private readonly WaitingPlans<Work> _waiting = new();
    private readonly Stack<IActorRef> _idle = new();
    private readonly Dictionary<IActorRef, Work?> _decoders = [];
    private readonly RestartWindow _restarts;
    private readonly Queue<(string Path, string Decision)> _replaced = new();
    private readonly Dictionary<IActorRef, Exception> _crashes = [];
    private int _crashesInARow;
    private int _started;
    private int _starting;
    private long _requests;

    public DecoderPoolActor(Settings settings)
    {
        _settings = settings;
        _count = settings.Decoders > 0 ? null : new DecoderCount(settings.Bounds, settings.Bounds.First);
        _wanted = _count?.Now ?? settings.Decoders;
        _restarts = new RestartWindow(settings.MaxRestarts, settings.RestartWindow, settings.Clock);
        Receive<PoolProtocol.Decode>(message =>
        {
            _waiting.Add(new Work(++_requests, message.Plan, Sender, Tries: 0, Began: 0));
            HandOut();
        });
        Receive<DecoderProtocol.Decoded>(Finished);
        Receive<DecoderProtocol.Unusable>(message =>
        {
            if (Finished(message.Request, new PoolProtocol.Failed(message.Fault)))
                _settings.Instruments?.DecodeFailed(message.Fault.Reason);
        });
        ReceiveFromLinks();
        Receive<Terminated>(message =>
        {
            _crashes.Remove(message.ActorRef, out var cause);
            if (!_leaving.Remove(message.ActorRef) && !Unlink(message.ActorRef)) Replace(message.ActorRef, cause);
        });
        Receive<Overdue>(message => GiveUpOn(message.Request));
        Receive<StartDecoder>(_ =>
        {
            _starting--;
            Fill();
        });
        Receive<Report>(Handle);
        Receive<PoolProtocol.Resize>(Handle);
        Receive<PoolProtocol.Stepped>(Handle);
        Receive<PoolProtocol.DecodedBefore>(_ =>
        {
            _settings.Instruments?.DecodedAhead();
            _count?.WithoutDecoder();
        });
        Receive<PoolProtocol.End>(_ => Leave());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(Settings settings) => Akka.Actor.Props.Create(() => new DecoderPoolActor(settings));

    /// <summary>
    /// Returns the longest time that an answer can take with so many plans in flight: with a single decoder, every plan before it takes all
    /// its attempts, each of which hangs until the decoder is replaced.
    /// </summary>
    internal static TimeSpan LongestAnswer(RunOptions options, int plansInFlight) =>
        (options.DecodeTimeout + Grace + options.DecoderBackOff.Max) * MostTriesOfFaultyDecoders * (plansInFlight + 1.0)
            + (options.DecodesElsewhere ? ElsewhereTime(options.DecodeTimeout) * MostTriesElsewhere : TimeSpan.Zero);

    protected override void PreStart()
    {
        Tell(new StatusProtocol.DecodersWanted(_wanted));
        _settings.Links?.Tell(new LinkProtocol.Serve());
        Fill();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, cause =>
    {
        _crashes[Sender] = cause.Unwrapped();
        return Directive.Stop; // Terminated follows; the replacement is a new actor, started after a back-off.
    }, loggingEnabled: false);

    /// <summary>Starts the missing decoders, except those that start after a back-off.</summary>
    private void Fill()
    {
        while (_decoders.Count + _starting < _wanted) Start();
        // Fewer decoders are wanted than when these replacements were announced.
        while (_replaced.Count > _starting) Tell(new StatusProtocol.ActorGone(_replaced.Dequeue().Path));
    }

    private static string PathOf(IActorRef decoder) => decoder.PathInRun();

    private void Tell(IRunMessage told) => _settings.Status.Tell(told);

    private void Start()
    {
        var decoder = Context.ActorOf(
            DecoderActor.Props(
                _settings.Decoder, _settings.Library, _settings.Memory, _settings.CropSize, _settings.Timeout, _settings.Instruments,
                _ending.Token),
            $"decoder-{++_started}");
        Context.Watch(decoder);
        if (_replaced.TryDequeue(out var former))
            Tell(new StatusProtocol.ActorReplaced(former.Path, PathOf(decoder), former.Decision, ActorState.Idle));
        else Tell(new StatusProtocol.ActorStarted(PathOf(decoder), "decoder"));
        Set(decoder, null);
        _idle.Push(decoder);
        HandOut();
    }

    private void HandOut()
    {
        HandOutElsewhere();
        while (_waiting.Count > 0 && _idle.TryPop(out var decoder))
        {
            if (!_decoders.ContainsKey(decoder)) continue;
            var work = _waiting.Take() with { Began = _settings.Clock.GetTimestamp() };
            Set(decoder, work);
            Timers.StartSingleTimer(work.Request, new Overdue(work.Request), _settings.Timeout + Grace);
            decoder.Tell(new DecoderProtocol.Decode(work.Request, work.Plan));
            TellState(decoder);
        }

        TellStatus();
    }

    private void Finished(DecoderProtocol.Decoded message)
    {
        if (!Finished(message.Request, new PoolProtocol.Decoded(message.Pair))) message.Pair.Dispose(); // too late: given up
    }

    private bool Finished(long request, object answer)
    {
        if (_links.ContainsKey(Sender)) return FinishedElsewhere(request, answer);
        if (!_decoders.TryGetValue(Sender, out var work) || work?.Request != request) return false;
        Timers.Cancel(request);
        if (answer is PoolProtocol.Decoded) _count?.Decoded(_settings.Clock.GetElapsedTime(work.Began).TotalSeconds);
        _crashesInARow = 0;
        Set(Sender, null);
        if (!RetireIfTooMany(Sender))
        {
            _idle.Push(Sender);
            TellState(Sender);
        }

        work.Asker.Tell(answer);
        HandOut();
        return true;
    }

    private void GiveUpOn(long request)
    {
        if (TakeBack(request)) return;
        var (decoder, work) = _decoders.FirstOrDefault(d => d.Value?.Request == request);
        if (work is null) return;
        Set(decoder, work with { Tries = MostTriesOfFaultyDecoders }); // a second decoder would hang, too
        Dismiss(decoder);
        Replace(decoder, new TimeoutException($"no answer within {(_settings.Timeout + Grace).TotalSeconds:0.#} s"));
    }

    private void Replace(IActorRef decoder, Exception? cause)
    {
        if (!Remove(decoder, out var work)) return;
        TellStatus();
        var reason = (cause?.Message ?? "it stopped by itself").TrimEnd('.');
        if (!_restarts.Add())
        {
            Decide(
                decoder, cause, reason,
                $"end the run, decoders were replaced {_restarts.Count - 1} times within {_restarts.Length.TotalSeconds:0.###} s",
                SupervisionVerdict.RunEnds);
            Context.Parent.Tell(new PoolProtocol.TooManyRestarts(
                $"Decoders failed {_restarts.Count} times within {_restarts.Length.TotalSeconds:0} s, the last time because: {reason}. "
                + $"Run `{CommandLines.Doctor}` to check the decoders, or choose the other one with {SettingNames.Decoder}.",
                cause is null ? null : Fault.Of(cause)));
            if (work is null) return;
            Timers.Cancel(work.Request);
            work.Asker.Tell(new PoolProtocol.Ended());
            return;
        }

        var delay = _settings.BackOff.After(++_crashesInARow);
        Decide(
            decoder, cause, reason,
            $"{PlanDecision(work, cause)}; a new decoder starts in {delay.TotalMilliseconds:0.###} ms "
            + $"(replacement {_restarts.Count} of at most {_restarts.Most})",
            SupervisionVerdict.Replaced);
        _starting++;
        _replaced.Enqueue((PathOf(decoder), $"replaced: {reason}"));
        Tell(new StatusProtocol.ActorIs(PathOf(decoder), ActorState.Waiting));
        Timers.StartSingleTimer($"start-{++_requests}", new StartDecoder(), delay);
        TryAgainOrFail(work, reason, cause);
    }

    private void Decide(IActorRef decoder, Exception? cause, string reason, string decision, SupervisionVerdict verdict) =>
        Context.Parent.Tell(new SupervisionDecision(PathOf(decoder), $"failed: {reason}.", decision, _restarts.Count)
        {
            Verdict = verdict,
            IsGrave = verdict == SupervisionVerdict.RunEnds,
            Fault = cause is null ? null : Fault.Of(cause),
        });

    private static string PlanDecision(Work? work, Exception? cause) => work switch
    {
        null => "nothing was being decoded",
        _ when IsTriedAgain(work, cause) => "its plan is tried once more on another decoder",
        _ => "its video is left out of this run",
    };

    private static bool IsTriedAgain(Work work, Exception? cause) =>
        work.Tries + 1 < (cause is DecoderFaultException ? MostTriesOfFaultyDecoders : MostTries);

    private void TryAgainOrFail(Work? work, string reason, Exception? cause)
    {
        if (work is null) return;
        Timers.Cancel(work.Request);
        if (IsTriedAgain(work, cause))
        {
            _waiting.Add(work with { Request = ++_requests, Tries = work.Tries + 1 });
            HandOut();
            return;
        }

        // Crashes of decoders say nothing about the video, however many there are.
        var kind = cause is TimeoutException ? UnusableReason.Deadline : UnusableReason.Decoder;
        _settings.Instruments?.DecodeFailed(kind);
        work.Asker.Tell(new PoolProtocol.Failed(
            new VideoFault(_settings.Library.PathOf(work.Plan.VideoId), kind, $"Decoding it made a decoder fail: {reason}."),
            Costly: true));
    }

    /// <summary>The pool's settings and collaborators.</summary>
    internal sealed record Settings(
        int Decoders,
        Func<IPairDecoder> Decoder,
        IVideoLibrary Library,
        FramePairPool Memory,
        int CropSize,
        TimeSpan Timeout,
        int MaxRestarts,
        TimeSpan RestartWindow,
        BackOff BackOff,
        TimeProvider Clock,
        IActorRef Status)
    {
        /// <summary>Limits of a number that the pool chooses, as it does if <see cref="Decoders"/> is 0.</summary>
        public required DecoderBounds Bounds { get; init; }

        /// <summary>Who knows the links to workers on other machines, and tells them of this pool; null: there are none.</summary>
        public IActorRef? Links { get; init; }

        /// <summary>Measures decoding; null: not measured.</summary>
        public RunInstruments? Instruments { get; init; }
    }

    private sealed record Work(long Request, SamplePlan Plan, IActorRef Asker, int Tries, long Began)
    {
        /// <summary>How often a worker had it and did not decode it.</summary>
        public int TriesElsewhere { get; init; }
    }

    private sealed record Overdue(long Request) : INoSerializationVerificationNeeded;

    private sealed record StartDecoder : INoSerializationVerificationNeeded;
}
