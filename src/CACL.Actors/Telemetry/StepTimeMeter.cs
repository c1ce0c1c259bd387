using CACL.Actors.Contracts;
using CACL.Runs.Steps;

namespace CACL.Actors.Telemetry;

/// <summary>Measures where the time of the last steps went. Thread-safe; callers wait only briefly.</summary>
public sealed class StepTimeMeter
{
    /// <summary>
    /// Number of steps in the sliding window: large enough to be steady, small enough to follow a change of the settings even if a step
    /// takes seconds.
    /// </summary>
    public const int Window = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Seconds> _steps = new(Window);

    /// <summary>Figures of the last steps; null before the first.</summary>
    public StepTimeFigures? Figures
    {
        get
        {
            Seconds[] steps;
            lock (_gate) steps = [.. _steps];
            if (steps.Length == 0) return null;
            // The window is summed anew each time: a running sum would accumulate rounding errors over a million steps.
            var sum = steps.Aggregate((a, b) => a + b);
            var all = sum.Data + sum.Step + sum.Snapshot;
            var shares = all > 0
                ? new TimeShares(
                    sum.Data / all, sum.Transfer / all, sum.Forward / all, sum.Backward / all, sum.Optimiser / all, sum.Snapshot / all)
                : new TimeShares(0, 0, 0, 0, 0, 0);
            return new StepTimeFigures(steps.Length, shares, (sum.Step + sum.Snapshot) / steps.Length, (double)sum.Pairs / steps.Length);
        }
    }

    /// <summary>Records a step.</summary>
    public void Observe(StepMetrics step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var times = step.Times;
        var seconds = new Seconds(
            step.WaitSeconds, step.StepSeconds, times.Transfer, times.Forward, times.Backward, times.Optimiser, step.SnapshotSeconds,
            step.Pairs);
        lock (_gate)
        {
            if (_steps.Count == Window) _steps.Dequeue();
            _steps.Enqueue(seconds);
        }
    }

    private readonly record struct Seconds(
        double Data, double Step, double Transfer, double Forward, double Backward, double Optimiser, double Snapshot, long Pairs)
    {
        public static Seconds operator +(Seconds a, Seconds b) => new(
            a.Data + b.Data, a.Step + b.Step, a.Transfer + b.Transfer, a.Forward + b.Forward, a.Backward + b.Backward,
            a.Optimiser + b.Optimiser, a.Snapshot + b.Snapshot, a.Pairs + b.Pairs);
    }
}
