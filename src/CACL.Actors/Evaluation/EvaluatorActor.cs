using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Data.Wording;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Evaluates finished checkpoints beside the training: on workers on other machines where there are some, otherwise here, one at a time.
/// Neither waits for the other; the training is only asked for a checkpoint now and then. Waiting requests are kept in the run folder, so
/// that neither a restart of this actor nor one of the process loses any. <see cref="EvaluationQueue"/> holds what is to be evaluated,
/// <see cref="EvaluationUnderway"/> what is being evaluated here, <see cref="EvaluationsElsewhere"/> what workers evaluate; this actor
/// keeps their timers, files and messages.
/// <code>
/// checkpoint saved ──due?──▶ waiting (one a target, the newest) ──▶ an attempt ──▶ line of evaluations.jsonl
/// asked for, condition ──▶ demanded ──at the next checkpoint──▲     └─ fails, hangs: again after a back-off, then given up
/// </code>
/// </summary>
internal sealed partial class EvaluatorActor : ReceiveActor, IWithTimers
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly EvaluatorOptions _options;
    private readonly IEvaluationEngine _engine;
    private readonly string _runDirectory;
    private readonly Action<JsonObject>? _observer;
    private readonly PendingEvaluations _pending;
    private readonly EvaluationLog _lines;
    private readonly ConditionWatch _watch;
    private readonly EvaluationQueue _queue;
    private readonly EvaluationUnderway _underway;
    private readonly IActorRef? _workers;

    public EvaluatorActor(
        EvaluatorOptions options, IEvaluationEngine engine, RunLength length, string runDirectory,
        Action<JsonObject>? observer, IActorRef? workers)
    {
        _options = options;
        _engine = engine;
        _runDirectory = runDirectory;
        _observer = observer;
        _workers = workers;
        _pending = new PendingEvaluations(runDirectory);
        _lines = new EvaluationLog(runDirectory);
        _watch = new ConditionWatch(options.Schedule.When);
        _queue = new EvaluationQueue(options, length);
        _underway = new EvaluationUnderway(options.Attempts);
        Receive<EvaluatorProtocol.CheckpointSaved>(Saved);
        Receive<LoopReport.Stepped>(Watch);
        Receive<EvaluationDemand>(Answer);
        Receive<EvaluatorProtocol.GetStatus>(_ => Sender.Tell(Status()));
        Receive<Demanded>(demand => Demand(demand.Target, demand.Trigger));
        Receive<EvaluatorProtocol.TrainingOver>(Finish);
        Receive<EvaluatorProtocol.Abandon>(_ => Leave());
        Receive<DeadlinePassed>(_ => TellToEnd(
            $"it took longer than the {_options.Deadline.TotalSeconds:0.###} s of {SettingNames.EvaluationDeadline}"));
        Receive<DoesNotEnd>(_ => SetAside());
        Receive<TryAgain>(_ => Run(_underway.BeginAgain()));
        Receive<WriteAgain>(_ => Write(_lines.WriteWaiting));
        Receive<Returned>(Take);
        ReceiveFromWorkers();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(
        EvaluatorOptions options, IEvaluationEngine engine, RunLength length, string runDirectory,
        Action<JsonObject>? observer, IActorRef? workers = null) =>
        Akka.Actor.Props.Create(() => new EvaluatorActor(options, engine, length, runDirectory, observer, workers))
            .WithDispatcher(Dispatchers.OwnThread);

    protected override void PreStart()
    {
        foreach (var request in _queue.Resume(_lines.Recorded(), _pending.Read()))
        {
            _log.Warning(
                "The evaluation of step {Step} on {Target} is dropped: that data set is not configured any more", request.Step,
                request.Target);
        }

        Tidy();
        RememberMetrics();
        _workers?.Tell(new PlaceProtocol.Serve());
        StartNext();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // Demands are held in memory only; sent to itself, they survive the restart in the mailbox.
        foreach (var (target, trigger) in _queue.Demanded) Self.Tell(new Demanded(target, trigger));
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        if (_underway.Current is not null) _cancel.Cancel();
        CancelElsewhere();
    }

    private EvaluationStatus Status() => new(
        [
            .. _elsewhere.Running.Select(e => new RunningEvaluation(e.Request, e.Place.Worker)),
            .. _underway.Current is { } here ? [new RunningEvaluation(here.Request, null)] : Array.Empty<RunningEvaluation>(),
        ],
        [.. _elsewhere.CameBack, .. _queue.Waiting])
    {
        Workers = _elsewhere.Workers,
    };

    /// <summary>Feeds the conditions the metrics that this actor would have seen had it been there from the start.</summary>
    private void RememberMetrics()
    {
        var metrics = Path.Combine(_runDirectory, RunFiles.Metrics);
        if (_watch.IsEmpty || !File.Exists(metrics)) return;
        foreach (var line in JsonLinesFile.Read(metrics).TakeLast(ConditionWatch.Steps))
        {
            if (JsonObject.Create(line) is { } figures) _ = _watch.Observe(figures);
        }
    }

    private void Watch(LoopReport.Stepped message)
    {
        var becameTrue = _watch.Observe(MetricsLine.Of(message.Metrics));
        if (becameTrue.Count == 0) return;
        _log.Info("{Condition} since step {Step}: the training is evaluated", string.Join(", ", becameTrue), message.Metrics.Step);
        foreach (var target in _options.Targets) Demand(target, EvaluationTrigger.When);
    }

    private void Answer(EvaluationDemand demand)
    {
        var answer = _queue.AnswerTo(demand);
        foreach (var target in answer.Queued) Demand(target, EvaluationTrigger.Request);
        Sender.Tell(answer);
    }

    private void Demand(EvaluationTarget target, EvaluationTrigger trigger)
    {
        if (_queue.Demand(target, trigger) is not { } request)
        {
            Context.Parent.Tell(new RunProtocol.RequestCheckpoint());
            return;
        }

        Enqueue(request);
        StartNext();
    }

    private void Saved(EvaluatorProtocol.CheckpointSaved message)
    {
        foreach (var request in _queue.DueAt(message.Step, message.Path, message.EverySteps)) Enqueue(request);
        StartNext();
    }

    private void Enqueue(EvaluationRequest request)
    {
        _queue.Requested(request);
        try
        {
            request = _pending.Add(request);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            Context.Parent.Tell(new SupervisionDecision(
                Self.PathInRun(), $"cannot keep the checkpoint of step {request.Step} for {request.Target}: {cause.Message}",
                "recorded as failed; training goes on")
            {
                IsGrave = true,
            });
            Record(EvaluationLine.Failed(request, 0, $"the checkpoint could not be kept: {cause.Message}", DateTimeOffset.Now));
            return;
        }

        if (_queue.Add(request) is not { } former) return;
        if (former != request)
        {
            _log.Info(
                "Evaluation of step {Step} on {Target} takes the place of the one of step {Former}, which had not begun", request.Step,
                request.Target, former.Step);
        }

        Tidy();
    }

    private void Finish(EvaluatorProtocol.TrainingOver over)
    {
        _queue.EndTraining(over.Step, over.Checkpoint);
        if (!over.Completed || over.Checkpoint is null)
        {
            Leave();
            return;
        }

        foreach (var request in _queue.DueAtEnd()) Enqueue(request);
        var left = _queue.Waiting.Count + _elsewhere.InUse.Count() + (_underway.Current is null ? 0 : 1);
        if (left > 0) _log.Info("All steps are done. Evaluations left: {Count}. Ctrl+C leaves them to --resume", left);
        StartNext();
    }

    private sealed record Demanded(EvaluationTarget Target, EvaluationTrigger Trigger) : INoSerializationVerificationNeeded;
}
