namespace CACL.Data.Tests.Sampling;

/// <summary>
/// Makes Pearson's chi-squared test against equal shares, with a bound of six standard deviations; seeds are fixed, so it is not flaky.
/// </summary>
internal static class ChiSquare
{
    public static void AssertUniform(IReadOnlyList<int> seen)
    {
        var expected = seen.Sum() / (double)seen.Count;
        var statistic = seen.Sum(count => (count - expected) * (count - expected) / expected);
        var freedom = seen.Count - 1;
        Assert.True(
            statistic < freedom + (6 * Math.Sqrt(2.0 * freedom)),
            $"χ² is {statistic:F1} at {freedom} degrees of freedom: {string.Join(' ', seen.Take(30))}");
    }
}
