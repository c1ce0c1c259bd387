namespace CACL.Benchmarks.Simulation;

/// <summary>How long decoders take for a pair: a logarithmic normal distribution, as some videos take many times the usual.</summary>
internal static class DecodeTimes
{
    private static readonly Lock Gate = new();
    private static readonly Random Random = new(1);
    private static double _mean;
    private static double _deviation;

    /// <summary>Sets the distribution.</summary>
    /// <param name="mean">Mean, in milliseconds.</param>
    /// <param name="spread">Standard deviation, in milliseconds.</param>
    public static void Are(double mean, double spread)
    {
        var variance = Math.Log(1 + (spread * spread / (mean * mean)));
        (_mean, _deviation) = (Math.Log(mean) - (variance / 2), Math.Sqrt(variance));
    }

    public static TimeSpan Next()
    {
        lock (Gate)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - Random.NextDouble())) * Math.Cos(2 * Math.PI * Random.NextDouble());
            return TimeSpan.FromMilliseconds(Math.Exp(_mean + (_deviation * normal)));
        }
    }
}
