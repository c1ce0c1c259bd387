using CACL.Actors.Contracts;
using CACL.Runs.Steps;

namespace CACL.Actors.Telemetry;

/// <summary>Sums up the last steps. Thread-safe; neither side ever waits long.</summary>
public sealed class StepTimeMeter
{
    /// <summary>
    /// Steps that are remembered: enough to be steady, few enough to follow a change of the settings even where a step takes seconds.
    /// </summary>
    public const int Window = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Seconds> _steps = new(Window);

    /// <summary>The last steps; null before the first.</summary>
    public StepTimeFigures? Figures
    {
        get
        {
            Seconds[] steps;
            lock (_gate) steps = [.. _steps];
            if (steps.Length == 0) return null;
            // Summed anew: a running sum would gather rounding over a million steps.
            var sum = steps.Aggregate((a, b) => a + b);
            var all = sum.Data + sum.Step + sum.Snapshot;
            var shares = all > 0
                ? new TimeShares(
                    sum.Data / all, sum.Transfer / all, sum.Forward / all, sum.Backward / all, sum.Optimiser / all, sum.Snapshot / all)
                : new TimeShares(0, 0, 0, 0, 0, 0);
            return new StepTimeFigures(steps.Length, shares, (sum.Step + sum.Snapshot) / steps.Length, (double)sum.Pairs / steps.Length);
        }
    }

    /// <summary>A step is done.</summary>
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
