using System.Diagnostics.Metrics;
using CACL.Data.Catalog;
using CACL.Learning.Methods;
using CACL.Runs.Steps;

namespace CACL.Actors.Telemetry;

/// <summary>
/// What a run measures of itself, as instruments of the meter <see cref="MeterName"/>. Whoever wants the figures listens; where nobody
/// does, an instrument costs next to nothing. A label takes one of few values that the program or its settings name, never a path.
/// Thread-safe; nothing here waits.
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
    private readonly Gauge<double> _learningRate;
    private readonly Gauge<double> _epoch;
    private readonly Gauge<long> _step;
    private readonly Gauge<long> _planned;
    private readonly Histogram<double> _decodeDuration;
    private readonly Counter<long> _decodeFailures;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _checkpointFailures;
    private readonly Counter<long> _evaluations;
    private readonly Gauge<double> _miou;
    private readonly TimeProvider _clock;
    private long _lastProgress;
    private SavedState? _saved;
    private int _decoders = -1;

    /// <summary>Instruments of one start of a run.</summary>
    /// <param name="clock">The time; null: the system's.</param>
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
        _learningRate = _meter.CreateGauge<double>("cacl.learning_rate", null, "Learning rate of the last step.");
        _epoch = _meter.CreateGauge<double>("cacl.epoch", null, "Epochs done, a fraction.");
        _step = _meter.CreateGauge<long>("cacl.run.step", null, "Steps that the run has behind it, those before a resume included.");
        _planned = _meter.CreateGauge<long>("cacl.run.planned_steps", null, "Steps that the whole run is to have.");
        _decodeDuration = _meter.CreateHistogram(
            "cacl.decode.duration", "s", "Time of decoding a frame pair.", null,
            Buckets(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30));
        _decodeFailures = _meter.CreateCounter<long>("cacl.decode.failures", null, "Frame pairs that could not be decoded, by reason.");
        _restarts = _meter.CreateCounter<long>("cacl.actor.restarts", null, "Actors restarted or replaced after a failure, by kind.");
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

    /// <summary>The meter itself, for tests: others of its name are about in one process.</summary>
    internal Meter Meter => _meter;

    /// <summary>Where the steps' time goes.</summary>
    public StepTimeMeter Steps { get; } = new();

    /// <summary>How long decoding takes.</summary>
    public DecodeTimeMeter Decoding { get; } = new();

    /// <summary>Time since the last step was done, or since <see cref="Progress"/>.</summary>
    public TimeSpan SinceProgress => _clock.GetElapsedTime(Volatile.Read(ref _lastProgress));

    /// <summary>The newest checkpoint's step and age; null where there is none.</summary>
    public (long Step, TimeSpan Age)? LastSaved =>
        Volatile.Read(ref _saved) is { } saved ? (saved.Step, _clock.GetUtcNow() - saved.Time) : null;

    /// <summary>Decoders that are alive; null: none was started yet.</summary>
    public int? DecodersAlive => Volatile.Read(ref _decoders) is var alive and >= 0 ? alive : null;

    /// <summary>Something happened after which the wait for the next step begins anew: the training begins, or may go on.</summary>
    public void Progress() => Volatile.Write(ref _lastProgress, _clock.GetTimestamp());

    /// <summary>
    /// Makes the series of what has not happened yet appear with 0, so that its first time is seen as a rise. Called once those who listen
    /// do.
    /// </summary>
    public void Begin()
    {
        _steps.Add(0);
        _pairs.Add(0);
        _checkpoints.Add(0);
        _checkpointFailures.Add(0);
        foreach (var reason in Enum.GetValues<UnusableReason>()) _decodeFailures.Add(0, Label("reason", WordOf(reason)));
        foreach (var kind in Kinds) _restarts.Add(0, Label("actor", kind));
        foreach (var status in new[] { Done, Failed }) _evaluations.Add(0, Label("status", status));
    }

    /// <summary>The training begins, or goes on.</summary>
    /// <param name="step">Steps that the run has behind it.</param>
    /// <param name="planned">Steps that it is to have.</param>
    public void Began(long step, long planned)
    {
        _step.Record(step);
        _planned.Record(planned);
    }

    /// <summary>A step is done.</summary>
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
        foreach (var (spec, value) in result.Metrics)
            (spec.Kind == MetricKind.Loss ? _loss : _accuracy).Record(value, Label("head", spec.Head));
        foreach (var (part, seconds) in new[]
        {
            ("data", step.WaitSeconds), ("transfer", times.Transfer), ("forward", times.Forward), ("backward", times.Backward),
            ("optimiser", times.Optimiser), ("snapshot", step.SnapshotSeconds),
        })
        {
            _time.Add(seconds, Label("part", part));
        }
    }

    /// <summary>A pair was decoded.</summary>
    public void Decoded(TimeSpan taken)
    {
        Decoding.Observe(taken);
        _decodeDuration.Record(taken.TotalSeconds);
    }

    /// <summary>So many decoders are alive now.</summary>
    public void DecodersAre(int alive) => Volatile.Write(ref _decoders, alive);

    /// <summary>A pair could not be decoded.</summary>
    public void DecodeFailed(UnusableReason reason) => _decodeFailures.Add(1, Label("reason", WordOf(reason)));

    /// <summary>An actor was restarted or replaced.</summary>
    /// <param name="kind">decoder, telemetry, checkpoints, control, evaluator, trainer …: its kind, without a number.</param>
    public void Restarted(string kind) => _restarts.Add(1, Label("actor", kind));

    /// <summary>A checkpoint is on the disk.</summary>
    /// <param name="step">Steps that it has behind it.</param>
    /// <param name="time">When it was written.</param>
    public void Saved(long step, DateTimeOffset time)
    {
        _checkpoints.Add(1);
        Volatile.Write(ref _saved, new SavedState(step, time));
    }

    /// <summary>The run goes on from a checkpoint that an earlier process wrote.</summary>
    public void ResumedFrom(long step, DateTimeOffset time) => Volatile.Write(ref _saved, new SavedState(step, time));

    /// <summary>A checkpoint was given up.</summary>
    public void SaveFailed() => _checkpointFailures.Add(1);

    /// <summary>An evaluation ended.</summary>
    /// <param name="dataSet">The data set's name in the settings.</param>
    /// <param name="protocol">linear or limited.</param>
    /// <param name="miou">0 to 1; null: not defined, or the evaluation failed.</param>
    /// <param name="done">Whether it was made.</param>
    public void Evaluated(string dataSet, string protocol, double? miou, bool done = true)
    {
        _evaluations.Add(1, Label("status", done ? Done : Failed));
        if (miou is { } value) WasEvaluated(dataSet, protocol, value);
    }

    /// <summary>An evaluation that an earlier start of the run made: its figure, without counting it again.</summary>
    /// <param name="dataSet">The data set's name in the settings.</param>
    /// <param name="protocol">linear or limited.</param>
    /// <param name="miou">0 to 1.</param>
    public void WasEvaluated(string dataSet, string protocol, double miou) =>
        _miou.Record(miou, Label("dataset", dataSet), Label("protocol", protocol));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static InstrumentAdvice<double> Buckets(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    // TooShort becomes too_short, as labels are written.
    private static string WordOf(UnusableReason reason) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    private IEnumerable<Measurement<double>> WaitShare() => Steps.Figures is { } figures ? [new(figures.Shares.Data)] : [];

    private IEnumerable<Measurement<int>> Decoders() => DecodersAlive is { } alive ? [new(alive)] : [];

    private IEnumerable<Measurement<double>> LastCheckpoint() =>
        Volatile.Read(ref _saved) is { } saved ? [new(saved.Time.ToUnixTimeMilliseconds() / 1000.0)] : [];

    private sealed record SavedState(long Step, DateTimeOffset Time);
}
