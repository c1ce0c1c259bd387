using System.Diagnostics.Metrics;
using CACL.Actors.Contracts;
using CACL.Data.Catalog;
using CACL.Learning.Methods;
using CACL.Runs.Steps;

namespace CACL.Actors.Telemetry;

/// <summary>
/// The metrics of a run, as instruments of the meter <see cref="MeterName"/>. Listeners receive the measurements; without one, an
/// instrument costs almost nothing. Labels have few values, which the program or its settings name, and never a path. Thread-safe; no call
/// waits.
/// </summary>
public sealed class RunInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CACL";

    private const string Done = "done";
    private const string Failed = "failed";

    private static readonly string[] Kinds = ["decoder", "trainer", "telemetry", "checkpoints", "control", "evaluator"];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _steps;
    private readonly Counter<long> _pairs;
    private readonly Counter<double> _time;
    private readonly Histogram<double> _stepDuration;
    private readonly Gauge<double> _loss;
    private readonly Gauge<double> _weightedLoss;
    private readonly Gauge<double> _accuracy;
    private readonly Gauge<double> _spread;
    private readonly Gauge<double> _targetEntropy;
    private readonly Gauge<double> _learningRate;
    private readonly Gauge<double> _epoch;
    private readonly Gauge<long> _step;
    private readonly Gauge<long> _planned;
    private readonly Histogram<double> _decodeDuration;
    private readonly Counter<long> _decodedAhead;
    private readonly Counter<long> _decodeFailures;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _checkpointFailures;
    private readonly Counter<long> _evaluations;
    private readonly Gauge<double> _miou;
    private readonly TimeProvider _clock;
    private long _lastProgress;
    private SavedState? _saved;
    private int _decoders = -1;

    /// <summary>Creates the instruments of one start of a run.</summary>
    /// <param name="clock">Clock; null: the system's.</param>
    public RunInstruments(TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _lastProgress = _clock.GetTimestamp();
        _steps = _meter.CreateCounter<long>("cacl.steps", null, "Training steps done by this process.");
        _pairs = _meter.CreateCounter<long>("cacl.pairs", null, "Frame pairs trained on by this process.");
        _time = _meter.CreateCounter<double>("cacl.step.time", "s", "Time of the training loop by what it went into: data (waiting for "
            + "it), transfer, forward, backward, optimiser, snapshot.");
        _stepDuration = _meter.CreateHistogram(
            "cacl.step.duration", "s", "Time of a training step, waiting for its data left out.", null,
            Buckets(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120));
        _loss = _meter.CreateGauge<double>("cacl.loss", null, "Loss of the last step by head, nats.");
        _weightedLoss = _meter.CreateGauge<double>("cacl.weighted_loss", null, "Weighted sum of the last step's losses, nats.");
        _accuracy =
            _meter.CreateGauge<double>("cacl.accuracy", null, "Accuracy of the last step by head, a share: of what finds its positive.");
        _spread = _meter.CreateGauge<double>("cacl.spread", null, "How far apart a head's vectors were in the last step: 1 - the mean "
            + "cosine of a frame's pixels (of=pixels) or of the batch's frames (of=frames).");
        _targetEntropy = _meter.CreateGauge<double>(
            "cacl.target_entropy", null, "Entropy of the last step's soft target by head, as a share of the uniform distribution's.");
        _learningRate = _meter.CreateGauge<double>("cacl.learning_rate", null, "Learning rate of the last step.");
        _epoch = _meter.CreateGauge<double>("cacl.epoch", null, "Epochs done, a fraction.");
        _step = _meter.CreateGauge<long>("cacl.run.step", null, "Steps that the run has behind it, those before a resume included.");
        _planned = _meter.CreateGauge<long>("cacl.run.planned_steps", null, "Steps that the whole run is to have.");
        _decodeDuration = _meter.CreateHistogram(
            "cacl.decode.duration", "s", "Time of decoding a frame pair.", null,
            Buckets(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30));
        _decodedAhead = _meter.CreateCounter<long>(
            "cacl.decode.ahead", null, "Frame pairs that an earlier pass through their video decoded.");
        _decodeFailures = _meter.CreateCounter<long>("cacl.decode.failures", null, "Frame pairs that could not be decoded, by reason.");
        _restarts = _meter.CreateCounter<long>("cacl.actor.restarts", null, "Actors restarted or replaced after a failure, by kind.");
        _decisions = _meter.CreateCounter<long>(
            "cacl.supervision.decisions", null, "Decisions on failures, by kind of actor and by what became of it.");
        _checkpoints = _meter.CreateCounter<long>("cacl.checkpoints", null, "Checkpoints written.");
        _checkpointFailures = _meter.CreateCounter<long>("cacl.checkpoint.failures", null, "Checkpoints given up.");
        _evaluations = _meter.CreateCounter<long>("cacl.evaluations", null, "Evaluations that ended, by status: done or failed.");
        _miou = _meter.CreateGauge<double>("cacl.eval.miou", null, "Mean intersection over union of the last evaluation, 0 to 1, by data "
            + "set and protocol.");
        _meter.CreateObservableGauge<double>(
            "cacl.data_wait_share", WaitShare, null, "Share of the last steps' time that the training waited for data, 0 to 1.");
        _meter.CreateObservableGauge<int>("cacl.decoders", Decoders, null, "Decoders that are alive.");
        _meter.CreateObservableGauge<double>(
            "cacl.checkpoint.last_success.timestamp", LastCheckpoint, "s", "When the newest checkpoint was written, Unix time.");
    }

    /// <summary>The meter itself, for tests: a process may contain others of its name.</summary>
    internal Meter Meter => _meter;

    /// <summary>Times of the last steps.</summary>
    public StepTimeMeter Steps { get; } = new();

    /// <summary>Times of decoding.</summary>
    public DecodeTimeMeter Decoding { get; } = new();

    /// <summary>Time since the last step, or since the last call of <see cref="Progress"/>.</summary>
    public TimeSpan SinceProgress => _clock.GetElapsedTime(Volatile.Read(ref _lastProgress));

    /// <summary>Step and age of the newest checkpoint; null without one.</summary>
    public (long Step, TimeSpan Age)? LastSaved =>
        Volatile.Read(ref _saved) is { } saved ? (saved.Step, saved.AgeThen + _clock.GetElapsedTime(saved.Noted)) : null;

    /// <summary>Number of running decoders; null before the first is started.</summary>
    public int? DecodersAlive => Volatile.Read(ref _decoders) is var alive and >= 0 ? alive : null;

    /// <summary>Restarts the wait for the next step: the training starts or resumes.</summary>
    public void Progress() => Volatile.Write(ref _lastProgress, _clock.GetTimestamp());

    /// <summary>
    /// Adds 0 to all counters, so that a scrape shows their series before the first event, and that event as a rise. Called once the
    /// listeners are attached.
    /// </summary>
    public void Begin()
    {
        _steps.Add(0);
        _pairs.Add(0);
        _checkpoints.Add(0);
        _checkpointFailures.Add(0);
        foreach (var reason in Enum.GetValues<UnusableReason>()) _decodeFailures.Add(0, Label("reason", WordOf(reason)));
        foreach (var kind in Kinds) _restarts.Add(0, Label("actor", kind));
        foreach (var kind in (string[])[.. Kinds, "run", "status", "decoders"])
        {
            foreach (var verdict in Enum.GetValues<SupervisionVerdict>()) Decided(kind, verdict, 0);
        }

        foreach (var status in new[] { Done, Failed }) _evaluations.Add(0, Label("status", status));
    }

    /// <summary>Records that the training starts or resumes.</summary>
    /// <param name="step">Steps that the run has done.</param>
    /// <param name="planned">Steps that the run will have in all.</param>
    public void Began(long step, long planned)
    {
        _step.Record(step);
        _planned.Record(planned);
    }

    /// <summary>Records a step.</summary>
    public void Stepped(StepMetrics step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Progress();
        Steps.Observe(step);
        var (result, times) = (step.Result, step.Times);
        _steps.Add(1);
        _pairs.Add(step.Pairs);
        _stepDuration.Record(step.StepSeconds);
        _weightedLoss.Record(result.Loss);
        _learningRate.Record(result.LearningRate);
        _epoch.Record(step.Epoch);
        _step.Record(step.Step);
        foreach (var metric in result.Metrics) Record(metric);
        foreach (var (part, seconds) in new[]
        {
            ("data", step.WaitSeconds), ("transfer", times.Transfer), ("forward", times.Forward), ("backward", times.Backward),
            ("optimiser", times.Optimiser), ("snapshot", step.SnapshotSeconds),
        })
        {
            _time.Add(seconds, Label("part", part));
        }
    }

    /// <summary>Records a decoded pair.</summary>
    public void Decoded(TimeSpan taken)
    {
        Decoding.Observe(taken);
        _decodeDuration.Record(taken.TotalSeconds);
    }

    /// <summary>Counts a pair that was decoded ahead of its epoch.</summary>
    public void DecodedAhead() => _decodedAhead.Add(1);

    /// <summary>Records the number of running decoders.</summary>
    public void DecodersAre(int alive) => Volatile.Write(ref _decoders, alive);

    /// <summary>Records a pair that could not be decoded.</summary>
    public void DecodeFailed(UnusableReason reason) => _decodeFailures.Add(1, Label("reason", WordOf(reason)));

    /// <summary>Records an actor that was restarted or replaced.</summary>
    /// <param name="kind">Kind of actor, without a number: decoder, telemetry, checkpoints, control, evaluator, trainer …</param>
    public void Restarted(string kind) => _restarts.Add(1, Label("actor", kind));

    /// <summary>Records a decision on a failure.</summary>
    /// <param name="kind">Kind of actor, as above.</param>
    /// <param name="verdict">What became of it.</param>
    public void Decided(string kind, SupervisionVerdict verdict) => Decided(kind, verdict, 1);

    /// <summary>Records a checkpoint that was written.</summary>
    /// <param name="step">Steps that the training had done by then.</param>
    /// <param name="time">When it was written.</param>
    public void Saved(long step, DateTimeOffset time)
    {
        _checkpoints.Add(1);
        Volatile.Write(ref _saved, new SavedState(step, time, TimeSpan.Zero, _clock.GetTimestamp()));
    }

    /// <summary>Records that the run resumes from a checkpoint that an earlier process wrote.</summary>
    public void ResumedFrom(long step, DateTimeOffset time) =>
        Volatile.Write(ref _saved, new SavedState(step, time, _clock.GetUtcNow() - time, _clock.GetTimestamp()));

    /// <summary>Records a checkpoint that was given up.</summary>
    public void SaveFailed() => _checkpointFailures.Add(1);

    /// <summary>Records an evaluation that ended.</summary>
    /// <param name="dataSet">Name of the data set in the settings.</param>
    /// <param name="protocol">The protocol, such as linear.</param>
    /// <param name="miou">Mean IoU, 0 to 1; null: not defined, or the evaluation failed.</param>
    /// <param name="done">Whether it succeeded.</param>
    public void Evaluated(string dataSet, string protocol, double? miou, bool done = true)
    {
        _evaluations.Add(1, Label("status", done ? Done : Failed));
        if (miou is { } value) WasEvaluated(dataSet, protocol, value);
    }

    /// <summary>Records the mIoU of an evaluation by an earlier start of the run, without counting the evaluation again.</summary>
    /// <param name="dataSet">Name of the data set in the settings.</param>
    /// <param name="protocol">The protocol, such as linear.</param>
    /// <param name="miou">Mean IoU, 0 to 1.</param>
    public void WasEvaluated(string dataSet, string protocol, double miou) =>
        _miou.Record(miou, Label("dataset", dataSet), Label("protocol", protocol));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Decided(string kind, SupervisionVerdict verdict, long times) =>
        _decisions.Add(times, Label("actor", kind), Label("verdict", WordOf(verdict)));

    private void Record(Metric metric)
    {
        var (value, head) = (metric.Value, Label("head", metric.Spec.Head));
        switch (metric.Spec.Kind)
        {
            case MetricKind.Loss:
                _loss.Record(value, head);
                break;
            case MetricKind.Share:
                _accuracy.Record(value, head);
                break;
            case MetricKind.Spread:
                _spread.Record(value, head, Label("of", "pixels"));
                break;
            case MetricKind.FrameSpread:
                _spread.Record(value, head, Label("of", "frames"));
                break;
            case MetricKind.TargetEntropy:
                _targetEntropy.Record(value, head);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(metric), metric.Spec.Kind, "There is no instrument for this kind of metric.");
        }
    }

    private static InstrumentAdvice<double> Buckets(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    // The labels are in snake case: TooShort becomes too_short.
    private static string WordOf(Enum value) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private IEnumerable<Measurement<double>> WaitShare() => Steps.Figures is { } figures ? [new(figures.Shares.Data)] : [];

    private IEnumerable<Measurement<int>> Decoders() => DecodersAlive is { } alive ? [new(alive)] : [];

    private IEnumerable<Measurement<double>> LastCheckpoint() =>
        Volatile.Read(ref _saved) is { } saved ? [new(saved.Time.ToUnixTimeMilliseconds() / 1000.0)] : [];

    // The wall clock says how old it was when it was noted; from then on, setting that clock makes it neither older nor younger.
    private sealed record SavedState(long Step, DateTimeOffset Time, TimeSpan AgeThen, long Noted);
}
