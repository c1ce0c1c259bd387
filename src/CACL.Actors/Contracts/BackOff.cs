namespace CACL.Actors.Contracts;

/// <summary>How long something that failed is left alone before it is tried again: the wait doubles with each failure in a row.</summary>
/// <param name="Min">The wait after the first failure.</param>
/// <param name="Max">The longest wait.</param>
public sealed record BackOff(TimeSpan Min, TimeSpan Max)
{
    // 2^20 milliseconds are 17 minutes, 2^20 hours are more than a TimeSpan of any use: doubling further could only overflow.
    private const int MostDoublings = 20;

    /// <summary>The wait after so many failures in a row, counted from 1.</summary>
    public TimeSpan After(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var ticks = Min.Ticks * Math.Pow(2, Math.Min(failures - 1, MostDoublings));
        return ticks < Max.Ticks ? TimeSpan.FromTicks((long)ticks) : Max;
    }
}
