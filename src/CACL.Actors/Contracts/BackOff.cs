namespace CACL.Actors.Contracts;

/// <summary>
/// Exponential back-off: how long to wait before something that failed is tried again. The wait doubles with each consecutive failure.
/// </summary>
/// <param name="Min">The wait after the first failure.</param>
/// <param name="Max">The longest wait.</param>
public sealed record BackOff(TimeSpan Min, TimeSpan Max)
{
    // 2^20 milliseconds are 17 minutes and 2^20 hours are more than any useful TimeSpan: further doubling could only overflow.
    private const int MostDoublings = 20;

    /// <summary>Returns the wait after this many consecutive failures, counted from 1.</summary>
    public TimeSpan After(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var ticks = Min.Ticks * Math.Pow(2, Math.Min(failures - 1, MostDoublings));
        return ticks < Max.Ticks ? TimeSpan.FromTicks((long)ticks) : Max;
    }
}
