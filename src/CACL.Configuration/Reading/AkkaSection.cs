using System.Globalization;
using System.Text;
using CACL.Configuration.Hocon;

namespace CACL.Configuration.Reading;

/// <summary>The <c>akka</c> part of a configuration as text without substitutions, which Akka's own parser reads as it is meant.</summary>
public static class AkkaSection
{
    /// <summary>The section with the program's logger where it names none.</summary>
    /// <param name="akka">The section; null: nothing is set.</param>
    /// <param name="logger">The logger's type, with its assembly.</param>
    public static string Render(HoconObject? akka, string logger)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Leaves(akka)) text.Append(CultureInfo.InvariantCulture, $"{key} = {value}\n");
        if (akka?["loggers"] is null) text.Append(CultureInfo.InvariantCulture, $"akka.loggers = [\"{logger}\"]\n");
        // What is logged is Serilog's to decide, since the level may change while a run goes on; actors ask for theirs only once.
        if (akka?["loglevel"] is null) text.Append("akka.loglevel = DEBUG\n");
        return text.ToString();
    }

    /// <summary>Keys with their values; a nested section is spelled out in its keys.</summary>
    public static IEnumerable<KeyValuePair<string, HoconValue>> Leaves(HoconObject? akka) => akka is null ? [] : Leaves("akka", akka);

    private static IEnumerable<KeyValuePair<string, HoconValue>> Leaves(string path, HoconValue value) =>
        value is HoconObject { Fields.Length: > 0 } o
            ? o.Fields.SelectMany(f => Leaves($"{path}.{HoconWriter.Key(f.Key)}", f.Value))
            : [new(path, value)];
}
