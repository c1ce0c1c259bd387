using System.Globalization;
using CACL.Data.Wording;

namespace CACL.Node.Planning;

/// <summary>The units of a plan's figures.</summary>
internal static class PlanUnit
{
    public const string Seconds = "s";
    public const string Hours = "h";
    public const string Bytes = "bytes";
    public const string BytesASecond = "bytes/s";
    public const string PairsASecond = "pairs/s";
    public const string Cores = "cores";
    public const string Machines = "machines";
    public const string Count = "";

    /// <summary>Returns a figure with its unit, rounded for people.</summary>
    public static string Text(double value, string unit) => unit switch
    {
        Bytes => Size(value),
        BytesASecond => Size(value) + "/s",
        Seconds when value < 0.0995 => Number(value * 1000) + " ms",
        Hours when value >= 48 => $"{Number(value)} h ({Number(value / 24)} days)",
        Hours when value < 1 => $"{Number(value * 60)} min",
        Count => value.ToString("N0", CultureInfo.InvariantCulture),
        Machines => value.ToString("N0", CultureInfo.InvariantCulture) + " machines",
        _ => $"{Number(value)} {unit}",
    };

    private static string Size(double bytes) =>
        bytes < 999.5e12 ? ByteSize.Of((long)Math.Round(bytes)) : Number(bytes / 1e15) + " PB";

    private static string Number(double value) =>
        value.ToString(value >= 999.5 ? "N0" : value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}

/// <summary>One answer of a plan.</summary>
/// <param name="Name">Its name, also a key in JSON.</param>
/// <param name="Unit">Its unit, one of <see cref="PlanUnit"/>.</param>
/// <param name="Value">The figure; null: something that it needs is not known.</param>
/// <param name="Formula">How it is computed or, without a figure, what must be given.</param>
internal sealed record PlanLine(string Name, string Unit, double? Value, string Formula);
