using System.Text;
using CACL.Node.Configuration.Hocon;
using Serilog.Events;

namespace CACL.Node.Configuration;

/// <summary>The <c>akka</c> part of a configuration as text without substitutions, which Akka's own parser reads as it is meant.</summary>
internal static class AkkaSection
{
    /// <summary>The section with the program's logger and log level where it names none.</summary>
    public static string Render(HoconObject? akka, LogEventLevel level)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Leaves(akka)) text.Append($"{key} = {value}\n");
        if (akka?["loggers"] is null) text.Append($"akka.loggers = [\"{typeof(Logging.SerilogAkkaLogger).AssemblyQualifiedName}\"]\n");
        if (akka?["loglevel"] is null) text.Append($"akka.loglevel = {LevelWord(level)}\n");
        return text.ToString();
    }

    /// <summary>Keys with their values; a nested section is spelled out in its keys.</summary>
    public static IEnumerable<KeyValuePair<string, HoconValue>> Leaves(HoconObject? akka) => akka is null ? [] : Leaves("akka", akka);

    private static IEnumerable<KeyValuePair<string, HoconValue>> Leaves(string path, HoconValue value) =>
        value is HoconObject { Fields.Length: > 0 } o ? o.Fields.SelectMany(f => Leaves($"{path}.{HoconWriter.Key(f.Key)}", f.Value)) : [new(path, value)];

    private static string LevelWord(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "DEBUG",
        LogEventLevel.Information => "INFO",
        LogEventLevel.Warning => "WARNING",
        _ => "ERROR",
    };
}
