using System.Globalization;

namespace CACL.Data.Wording;

/// <summary>A number of things.</summary>
public static class Counted
{
    /// <summary>Such as <c>1 seed</c>, <c>12,345 seeds</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The word for one of them; with an s it is the word for several.</param>
    public static string Of(long number, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {one}{(number == 1 ? "" : "s")}");
}
