using System.Text.RegularExpressions;
using CACL.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace CACL.Node.Tests.Docker;

/// <summary>Reads docker-compose.yml as YAML, with merges resolved.</summary>
internal static partial class ComposeFile
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Workspace.Root, "docker-compose.yml"));
    private static readonly Dictionary<object, object> Document =
        new Deserializer().Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(new StringReader(Text))));

    /// <summary>The services by name.</summary>
    public static IReadOnlyDictionary<string, Dictionary<object, object>> Services =>
        Map(Document, "services").ToDictionary(s => (string)s.Key, s => (Dictionary<object, object>)s.Value);

    /// <summary>The services that are built from this repository.</summary>
    public static IEnumerable<KeyValuePair<string, Dictionary<object, object>>> Built => Services.Where(s => s.Value.ContainsKey("build"));

    /// <summary>The variables that it substitutes.</summary>
    public static IReadOnlySet<string> Variables => Variable().Matches(Text).Select(m => m.Groups[1].Value).ToHashSet();

    /// <summary>Returns the mapping below a key; empty if there is none.</summary>
    public static Dictionary<object, object> Map(Dictionary<object, object> of, string key) =>
        of.TryGetValue(key, out var value) ? (Dictionary<object, object>)value : [];

    /// <summary>Returns the list of texts below a key; empty if there is none.</summary>
    public static IReadOnlyList<string> Texts(Dictionary<object, object> of, string key) =>
        of.TryGetValue(key, out var value) ? [.. ((List<object>)value).Cast<string>()] : [];

    /// <summary>Returns what is mounted from this machine, with defaults substituted.</summary>
    public static IEnumerable<string> Sources(Dictionary<object, object> service) =>
        Mounted(service).Select(source => Default().Replace(source, m => m.Groups[1].Value)).Where(source => source.StartsWith('.'));

    /// <summary>Returns the names of the volumes that a service mounts.</summary>
    public static IEnumerable<string> Volumes(Dictionary<object, object> service) => Mounted(service).Intersect(Names("volumes"));

    /// <summary>Returns the names of the networks that a service is on.</summary>
    public static IReadOnlyList<string> Networks(Dictionary<object, object> service) => service.TryGetValue("networks", out var value)
        ? [.. value is List<object> names ? names.Cast<string>() : ((Dictionary<object, object>)value).Keys.Cast<string>()]
        : ["default"];

    private static IEnumerable<string> Names(string key) => Map(Document, key).Keys.Cast<string>();

    private static IEnumerable<string> Mounted(Dictionary<object, object> service) =>
        (service.TryGetValue("volumes", out var value) ? (List<object>)value : [])
            .Select(volume => volume is Dictionary<object, object> mount ? (string)mount["source"] : ((string)volume).Split(':')[0]);

    [GeneratedRegex(@"\$\{([A-Z_]+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\{[A-Z_]+:-([^}]*)\}")]
    private static partial Regex Default();
}
