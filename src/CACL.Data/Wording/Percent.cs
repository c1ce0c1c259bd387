using System.Globalization;

namespace CACL.Data.Wording;

/// <summary>Formats shares (1 is everything) as percentages: alike in every table, log line and sentence, and in every language.</summary>
public static class Percent
{
    /// <summary>Returns the percentage with one decimal, such as <c>25.4 %</c>.</summary>
    public static string Of(double share) => $"{Number(share, 1)} %";

    /// <summary>Returns the percentage and its interval, such as <c>25.4 % (23.9 to 26.8)</c>; without an interval, as <see cref="Of"/>.
    /// </summary>
    /// <param name="share">The share.</param>
    /// <param name="interval">The interval's two ends; anything else: there is none.</param>
    public static string Within(double share, IReadOnlyList<double>? interval) =>
        interval is [var low, var high] ? $"{Of(share)} ({Number(low, 1)} to {Number(high, 1)})" : Of(share);

    /// <summary>Returns the percentage without decimals, such as <c>25 %</c>.</summary>
    public static string Whole(double share) => $"{Number(share, 0)} %";

    /// <summary>
    /// Returns the percentage with at most two decimals, such as <c>25 %</c>, <c>12.5 %</c>, <c>0.01 %</c>: for a share that somebody set.
    /// </summary>
    public static string Short(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");

    /// <summary>Returns the percentage without the sign, such as <c>25.43</c>: for a column whose heading has it.</summary>
    /// <param name="share">The share.</param>
    /// <param name="decimals">Digits after the decimal point.</param>
    public static string Number(double share, int decimals) =>
        (100 * share).ToString(decimals == 0 ? "0" : "0." + new string('0', decimals), CultureInfo.InvariantCulture);
}
