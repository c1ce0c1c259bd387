using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Has finished checkpoints measured beside the training, one at a time. It waits for nobody and nobody waits for it: training hears
/// of it only when a checkpoint is wanted. What waits lies in the run folder, so a restart of this actor or of the process loses none of
/// it.
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
    private readonly RunLength _length;
    private readonly string _runDirectory;
    private readonly Action<JsonObject>? _observer;
    private readonly PendingEvaluations _pending;
    private readonly EvaluationLog _lines;
    private readonly ConditionWatch _watch;
    private readonly List<EvaluationRequest> _waiting = [];
    private readonly List<(EvaluationTarget Target, EvaluationTrigger Trigger)> _demanded = [];
    private readonly Dictionary<string, long> _last = [];
    private EvaluatorProtocol.TrainingOver? _over;

    public EvaluatorActor(
        EvaluatorOptions options, IEvaluationEngine engine, RunLength length, string runDirectory,
        Action<JsonObject>? observer)
    {
        _options = options;
        _engine = engine;
        _length = length;
        _runDirectory = runDirectory;
        _observer = observer;
        _pending = new PendingEvaluations(runDirectory);
        _lines = new EvaluationLog(runDirectory);
        _watch = new ConditionWatch(options.Schedule.When);
        Receive<EvaluatorProtocol.CheckpointSaved>(Saved);
        Receive<LoopReport.Stepped>(Watch);
        Receive<EvaluationDemand>(demand => Sender.Tell(Answer(demand)));
        Receive<EvaluatorProtocol.GetStatus>(_ => Sender.Tell(new EvaluationStatus(_current?.Request, [.. _waiting])));
        Receive<Demanded>(demand => Demand(demand.Target, demand.Trigger));
        Receive<EvaluatorProtocol.TrainingOver>(Finish);
        Receive<EvaluatorProtocol.Abandon>(_ => Leave());
        Receive<DeadlinePassed>(_ => DeadlineIsOver());
        Receive<DoesNotEnd>(_ => SetAside());
        Receive<TryAgain>(_ => Try(_current!.Request, _current.Number + 1));
        Receive<Returned>(Take);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(
        EvaluatorOptions options, IEvaluationEngine engine, RunLength length, string runDirectory,
        Action<JsonObject>? observer) =>
        Akka.Actor.Props.Create(() => new EvaluatorActor(options, engine, length, runDirectory, observer))
            .WithDispatcher(Dispatchers.OwnThread);

    protected override void PreStart()
    {
        foreach (var (key, step) in _lines.LastSteps()) _last[key] = step;
        foreach (var request in _pending.Read())
        {
            // Recorded, then killed before the note was taken away.
            if (_last.GetValueOrDefault(request.Target.Key, -1) >= request.Step) continue;
            if (_options.Targets.All(t => t.DataSet != request.Target.DataSet))
            {
                _log.Warning(
                    "The evaluation of step {Step} on {Target} is dropped: that data set is not configured any more", request.Step,
                    request.Target);
                continue;
            }

            _waiting.RemoveAll(r => r.Target.Key == request.Target.Key);
            _waiting.Add(request);
            _last[request.Target.Key] = request.Step;
        }

        Tidy();
        RememberMetrics();
        StartNext();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // What waits for a checkpoint is in memory only: the mailbox outlives the restart.
        foreach (var (target, trigger) in _demanded) Self.Tell(new Demanded(target, trigger));
        base.PreRestart(reason, message);
    }

    protected override void PostStop() => _current?.Cancel.Cancel();

    /// <summary>What the conditions would know had this actor been there from the start.</summary>
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

    private EvaluationAnswer Answer(EvaluationDemand demand)
    {
        IReadOnlyList<string> names = [.. _options.Targets.Select(t => t.DataSet).Distinct()];
        var targets = _options.Targets.Where(t => demand.DataSet is null || t.DataSet == demand.DataSet)
            .Select(t => Refine(t, demand))
            .DistinctBy(t => t.Key)
            .ToList();
        var replaced = _waiting.Where(w => targets.Any(t => t.Key == w.Target.Key)).ToList();
        foreach (var target in targets) Demand(target, EvaluationTrigger.Request);
        return new EvaluationAnswer(targets, replaced, names);
    }

    private static EvaluationTarget Refine(EvaluationTarget target, EvaluationDemand demand)
    {
        var protocol = demand.Protocol ?? target.Protocol;
        return target with
        {
            Protocol = protocol,
            Variant = demand.Variant ?? target.Variant,
            Fraction = protocol == EvaluationProtocols.Limited ? target.Fraction ?? EvaluationProtocols.DefaultFraction : null,
        };
    }

    private void Demand(EvaluationTarget target, EvaluationTrigger trigger)
    {
        if (_over is { Checkpoint: { } last, Step: var step })
        {
            Enqueue(new EvaluationRequest(target, step, trigger, last));
            StartNext();
            return;
        }

        _demanded.RemoveAll(d => d.Target.Key == target.Key);
        _demanded.Add((target, trigger));
        Context.Parent.Tell(new RunProtocol.RequestCheckpoint());
    }

    private void Saved(EvaluatorProtocol.CheckpointSaved message)
    {
        var wanted = _demanded.ToList();
        _demanded.Clear();
        var schedule = _options.Schedule with { EverySteps = message.EverySteps };
        foreach (var target in _options.Targets.Where(t => wanted.All(w => w.Target.Key != t.Key)))
        {
            if (schedule.DueBetween(_last.GetValueOrDefault(target.Key), message.Step, _length) is { } trigger)
                wanted.Add((target, trigger));
        }

        foreach (var (target, trigger) in wanted) Enqueue(new EvaluationRequest(target, message.Step, trigger, message.Path));
        StartNext();
    }

    private void Enqueue(EvaluationRequest request)
    {
        _last[request.Target.Key] = request.Step;
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

        var place = _waiting.FindIndex(w => w.Target.Key == request.Target.Key);
        if (place < 0)
        {
            _waiting.Add(request);
            return;
        }

        if (_waiting[place] != request)
            _log.Info(
                "Evaluation of step {Step} on {Target} takes the place of the one of step {Former}, which had not begun", request.Step,
                request.Target, _waiting[place].Step);
        _waiting[place] = request;
        Tidy();
    }

    private void Finish(EvaluatorProtocol.TrainingOver over)
    {
        _over = over;
        if (!over.Completed || over.Checkpoint is not { } checkpoint)
        {
            Leave();
            return;
        }

        foreach (var (target, trigger) in _demanded) Enqueue(new EvaluationRequest(target, over.Step, trigger, checkpoint));
        _demanded.Clear();
        if (_options.Schedule.AtEnd)
        {
            foreach (var target in _options.Targets.Where(t => _last.GetValueOrDefault(t.Key) != over.Step))
                Enqueue(new EvaluationRequest(target, over.Step, EvaluationTrigger.AtEnd, checkpoint));
        }

        var left = _waiting.Count + (_current is null ? 0 : 1);
        if (left > 0) _log.Info("All steps are done. Evaluations left: {Count}. Ctrl+C leaves them to --resume", left);
        StartNext();
    }

    private sealed record Demanded(EvaluationTarget Target, EvaluationTrigger Trigger) : INoSerializationVerificationNeeded;
}
