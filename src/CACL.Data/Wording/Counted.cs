using System.Globalization;

namespace CACL.Data.Wording;

/// <summary>Words a number of things.</summary>
public static class Counted
{
    /// <summary>Returns a text such as <c>1 seed</c> or <c>12,345 seeds</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The singular; an s makes the plural.</param>
    public static string Of(long number, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {one}{(number == 1 ? "" : "s")}");
}
