namespace CACL.Learning.Evaluation.Confidence;

/// <summary>A 95 % percentile interval: from the 2.5th to the 97.5th percentile of what resamples found.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>The share of resamples within.</summary>
    public const double Level = 0.95;

    /// <summary>Whether a value lies within, ends included.</summary>
    public bool Contains(double value) => Low <= value && value <= High;

    /// <summary>Returns the interval of the numbers among some values; null if none is a number.</summary>
    /// <param name="values">What resamples found; NaN where it is undefined.</param>
    public static Interval? Of(IEnumerable<double> values)
    {
        var numbers = values.Where(double.IsFinite).Order().ToArray();
        return numbers.Length == 0 ? null : new Interval(Quantile(numbers, (1 - Level) / 2), Quantile(numbers, (1 + Level) / 2));
    }

    // Between two numbers it runs straight, as numpy's percentile does.
    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)place], sorted[Math.Min((int)place + 1, sorted.Length - 1)]);
        return below == above ? below : below + ((above - below) * (place - (int)place));
    }
}
