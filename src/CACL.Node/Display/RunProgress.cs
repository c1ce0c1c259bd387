using CACL.Learning.Methods;
using CACL.Node.Settings;
using CACL.Runs.Steps;

namespace CACL.Node.Display;

/// <summary>
/// Turns steps into progress snapshots: pace and losses are averaged over the last steps. Used by one thread at a time; returns at once.
/// </summary>
internal sealed class RunProgress
{
    // This averages over about the last twenty steps: fast enough to follow, slow enough to read.
    private const double Fresh = 0.1;

    private readonly RunSettings _settings;
    private readonly MethodDescription _method;
    private readonly RunLength _length;
    private readonly Action<ProgressSnapshot> _show;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private double _seconds;
    private double _waited;
    private StepResult? _mean;

    /// <summary>Creates the progress of one start of a run.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="length">The run's length.</param>
    /// <param name="show">Receives each snapshot.</param>
    /// <param name="clock">The clock.</param>
    public RunProgress(RunSettings settings, RunLength length, Action<ProgressSnapshot> show, TimeProvider clock)
    {
        _settings = settings;
        _method = settings.ToMethod().Describe();
        _length = length;
        _show = show;
        _clock = clock;
        _began = clock.GetTimestamp();
    }

    /// <summary>Receives a finished step.</summary>
    public void Observe(StepMetrics step)
    {
        var total = step.StepSeconds + step.WaitSeconds;
        (_seconds, _waited) = _mean is null
            ? (total, step.WaitSeconds)
            : (Blend(_seconds, total), Blend(_waited, step.WaitSeconds));
        _mean = _mean is null ? step.Result : Blend(_mean, step.Result);
        _show(Snapshot(step, _mean));
    }

    private ProgressSnapshot Snapshot(StepMetrics step, StepResult mean) => new()
    {
        Step = step.Step,
        Steps = _length.TotalSteps,
        Epoch = step.Epoch,
        Epochs = _length.TotalSteps / _length.StepsPerEpoch,
        Loss = mean.Loss,
        Metrics = mean.Metrics,
        Chance = _method.Chance?.Value,
        QueueFill = _method.Queues.Select(queue => FillOf(queue, step.Step)).DefaultIfEmpty(1).Min(),
        LearningRate = step.Result.LearningRate,
        PairsPerSecond = _seconds > 0 ? step.Pairs / _seconds : 0,
        DataWaitShare = _seconds > 0 ? _waited / _seconds : 0,
        Remaining = TimeSpan.FromSeconds(
            Math.Min(_seconds * Math.Max(0, _length.TotalSteps - step.Step), TimeSpan.MaxValue.TotalSeconds / 2)),
        Elapsed = _clock.GetElapsedTime(_began),
    };

    private double FillOf(QueueSpec queue, long steps) =>
        Math.Min(1, (double)steps * queue.RowsPerStep(_settings.Training.BatchSize, _settings.Model.EnqueuePixels) / queue.Size);

    private static double Blend(double old, double now) => ((1 - Fresh) * old) + (Fresh * now);

    private static StepResult Blend(StepResult old, StepResult now) => now with
    {
        Loss = Blend(old.Loss, now.Loss),
        Metrics = [.. now.Metrics.Select(metric => metric with { Value = Blend(old[metric.Spec.Name] ?? metric.Value, metric.Value) })],
    };
}
