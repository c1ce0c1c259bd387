using System.Diagnostics;
using CACL.Learning.Methods;

namespace CACL.Actors.Loop;

/// <summary>A step that has begun and whose numbers have not been reported.</summary>
/// <param name="step">The step, counted from 0.</param>
/// <param name="numbers">Its numbers.</param>
/// <param name="videos">The videos of its batch.</param>
/// <param name="began">When it began, by <see cref="Stopwatch"/>.</param>
/// <param name="waitedBefore">How long the loop had waited for its batch.</param>
/// <param name="times">The times of its parts.</param>
internal sealed class StepUnderway(
    long step, StepNumbers numbers, IReadOnlyList<string> videos, long began, TimeSpan waitedBefore, StepTimes times)
{
    private TimeSpan _waitedSince;

    /// <summary>The step, counted from 0.</summary>
    public long Step => step;

    /// <summary>The videos of its batch, one a pair.</summary>
    public IReadOnlyList<string> Videos => videos;

    /// <summary>How long the loop had waited for its batch.</summary>
    public TimeSpan WaitedBefore => waitedBefore;

    /// <summary>Notes that the loop waited for the next batch, which is not this step's time.</summary>
    public void Waited(TimeSpan time) => _waitedSince += time;

    /// <summary>Waits for its numbers.</summary>
    /// <param name="finishedBefore">When the step before was finished, by <see cref="Stopwatch"/>: steps that overlap take the time from
    /// one's end to the next one's.</param>
    /// <param name="seconds">How long the step took.</param>
    /// <param name="parts">How long its parts took; the wait for the device belongs to the backward pass.</param>
    public StepResult Read(long finishedBefore, out double seconds, out StepTimes parts)
    {
        var asked = Stopwatch.GetTimestamp();
        var result = numbers.Read();
        var waited = Stopwatch.GetElapsedTime(asked).TotalSeconds;
        seconds = (Stopwatch.GetElapsedTime(Math.Max(began, finishedBefore)) - _waitedSince).TotalSeconds;
        parts = times with { Backward = times.Backward + waited };
        return result;
    }
}
