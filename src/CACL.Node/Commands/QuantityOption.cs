using System.CommandLine;
using System.CommandLine.Parsing;
using CACL.Configuration.Hocon;

namespace CACL.Node.Commands;

/// <summary>Options whose values have units: sizes, rates and durations, as the settings write them.</summary>
internal static class QuantityOption
{
    /// <summary>Creates an option for a number of bytes, such as 300kB.</summary>
    public static Option<double?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = given => Bytes(given, given.Tokens[0].Value, "a size, such as 300kB or 80GB"),
    };

    /// <summary>Creates an option for bytes a second, such as 1.2GB/s.</summary>
    public static Option<double?> Rate(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE/s",
        CustomParser = given =>
        {
            var text = given.Tokens[0].Value;
            const string Allowed = "bytes a second, such as 1.2GB/s";
            return Bytes(given, text.EndsWith("/s", StringComparison.Ordinal) ? text[..^2] : "", Allowed);
        },
    };

    /// <summary>Creates an option for seconds, such as 19ms.</summary>
    public static Option<double?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = given =>
        {
            if (HoconUnits.TryDuration(given.Tokens[0].Value, out var time) && time > TimeSpan.Zero) return time.TotalSeconds;
            return Refused(given, "a time with its unit, such as 19ms or 0.5s");
        },
    };

    private static double? Bytes(ArgumentResult given, string text, string allowed) =>
        HoconUnits.TrySize(text, out var bytes) && bytes > 0 ? bytes : Refused(given, allowed);

    private static double? Refused(ArgumentResult given, string allowed)
    {
        NumberOption.Refuse(given, allowed);
        return null;
    }
}
