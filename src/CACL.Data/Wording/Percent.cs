using System.Globalization;

namespace CACL.Data.Wording;

/// <summary>Shares, 1 being all, as percent for people: alike in every table, log line and sentence, and in every language.</summary>
public static class Percent
{
    /// <summary>With one decimal, such as <c>25.4 %</c>.</summary>
    public static string Of(double share) => $"{Number(share, 1)} %";

    /// <summary>Without decimals, such as <c>25 %</c>.</summary>
    public static string Whole(double share) => $"{Number(share, 0)} %";

    /// <summary>
    /// With as many of two decimals as it has, such as <c>25 %</c>, <c>12.5 %</c>, <c>0.01 %</c>: for a share that somebody set.
    /// </summary>
    public static string Short(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");

    /// <summary>Without the sign, such as <c>25.43</c>: for a column whose head has it.</summary>
    /// <param name="share">The share.</param>
    /// <param name="decimals">Digits behind the point.</param>
    public static string Number(double share, int decimals) =>
        (100 * share).ToString(decimals == 0 ? "0" : "0." + new string('0', decimals), CultureInfo.InvariantCulture);
}
