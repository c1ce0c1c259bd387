using System.Globalization;
using System.Text;
using CACL.Configuration.Hocon;

namespace CACL.Configuration.Reading;

/// <summary>The <c>akka</c> section of a configuration, as text without substitutions, which Akka's own parser reads as intended.</summary>
public static class AkkaSection
{
    /// <summary>Returns the section, with the program's logger if it names none.</summary>
    /// <param name="akka">The section; null if nothing is set.</param>
    /// <param name="logger">The logger's type, with its assembly.</param>
    public static string Render(HoconObject? akka, string logger)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Leaves(akka)) text.Append(CultureInfo.InvariantCulture, $"{key} = {value}\n");
        if (akka?["loggers"] is null) text.Append(CultureInfo.InvariantCulture, $"akka.loggers = [\"{logger}\"]\n");
        // Serilog decides what is logged, since the level may change during a run; actors read theirs only once.
        if (akka?["loglevel"] is null) text.Append("akka.loglevel = DEBUG\n");
        return text.ToString();
    }

    /// <summary>Returns keys with their values; a nested section is expanded into full keys.</summary>
    public static IEnumerable<KeyValuePair<string, HoconValue>> Leaves(HoconObject? akka) => akka is null ? [] : Leaves("akka", akka);

    private static IEnumerable<KeyValuePair<string, HoconValue>> Leaves(string path, HoconValue value) =>
        value is HoconObject { Fields.Length: > 0 } o
            ? o.Fields.SelectMany(f => Leaves($"{path}.{HoconWriter.Key(f.Key)}", f.Value))
            : [new(path, value)];
}
