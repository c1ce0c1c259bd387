using CACL.Actors;
using CACL.Actors.Training;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Node.Configuration;

namespace CACL.Node.Display;

/// <summary>Steps to snapshots: pace and losses are averaged over the last steps. For one thread at a time; returns at once.</summary>
internal sealed class RunProgress
{
    // About the last twenty steps: fast enough to follow, slow enough to read.
    private const double Fresh = 0.1;

    private readonly RunSettings _settings;
    private readonly RunLength _length;
    private readonly Action<ProgressSnapshot> _show;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private double _seconds;
    private double _waited;
    private StepResult? _mean;

    /// <summary>Progress of one start of a run.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="length">The run's length.</param>
    /// <param name="show">Takes each snapshot.</param>
    /// <param name="clock">The time.</param>
    public RunProgress(RunSettings settings, RunLength length, Action<ProgressSnapshot> show, TimeProvider clock)
    {
        _settings = settings;
        _length = length;
        _show = show;
        _clock = clock;
        _began = clock.GetTimestamp();
    }

    /// <summary>Takes a finished step.</summary>
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
        Global = mean.Global,
        Pixel = mean.Pixel,
        Cycle = mean.Cycle,
        Chance = Math.Log(_settings.Model.QueueSize + 1),
        QueueFill = Math.Min(1, (double)step.Step * RowsPerStep / _settings.Model.QueueSize),
        Top1Global = mean.Top1Global,
        CycleBack = mean.CycleBack,
        LearningRate = step.Result.LearningRate,
        PairsPerSecond = _seconds > 0 ? step.Pairs / _seconds : 0,
        DataWaitShare = _seconds > 0 ? _waited / _seconds : 0,
        Remaining = TimeSpan.FromSeconds(Math.Min(_seconds * Math.Max(0, _length.TotalSteps - step.Step), TimeSpan.MaxValue.TotalSeconds / 2)),
        Elapsed = _clock.GetElapsedTime(_began),
    };

    // The slowest queue: the global one gets a row a frame, the others several.
    private int RowsPerStep => _settings.Model.Heads.HasFlag(Heads.Global)
        ? _settings.Training.BatchSize
        : _settings.Training.BatchSize * _settings.Model.EnqueuePixels;

    private static double Blend(double old, double now) => ((1 - Fresh) * old) + (Fresh * now);

    private static double? Blend(double? old, double? now) => old is { } o && now is { } n ? Blend(o, n) : now;

    private static StepResult Blend(StepResult old, StepResult now) => now with
    {
        Loss = Blend(old.Loss, now.Loss),
        Global = Blend(old.Global, now.Global),
        Pixel = Blend(old.Pixel, now.Pixel),
        Cycle = Blend(old.Cycle, now.Cycle),
        Top1Global = Blend(old.Top1Global, now.Top1Global),
        CycleBack = Blend(old.CycleBack, now.CycleBack),
    };
}
