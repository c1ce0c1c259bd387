using System.Text.Json;
using System.Text.RegularExpressions;

namespace CACL.Node.Tests.Outside;

/// <summary>Lists a run folder's files, and the keys of those that are JSON, as lines.</summary>
internal static partial class RunFolderText
{
    /// <summary>
    /// Returns each file once, numbers in its name as N, then its keys. A link is not followed; TensorBoard's files are listed without the
    /// machine's name.
    /// </summary>
    public static IEnumerable<string> Of(string run)
    {
        var files = Files(new DirectoryInfo(run))
            .GroupBy(file => Machine().Replace(Number().Replace(Path.GetRelativePath(run, file), "N"), "$1*"))
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var group in files)
        {
            yield return group.Key;
            if (Path.GetExtension(group.Key) is not (".json" or ".jsonl")) continue;
            foreach (var key in group.SelectMany(Keys).Distinct().Order(StringComparer.Ordinal)) yield return $"  {key}";
        }
    }

    private static IEnumerable<string> Keys(string file) =>
        (Path.GetExtension(file) == ".json" ? [File.ReadAllText(file)] : File.ReadAllLines(file)).SelectMany(text =>
        {
            using var json = JsonDocument.Parse(text);
            return KeysOf(json.RootElement, "").ToArray();
        });

    private static IEnumerable<string> Files(DirectoryInfo folder) => folder.EnumerateFileSystemInfos().SelectMany(entry =>
        entry is DirectoryInfo { LinkTarget: null } below ? Files(below) : [entry.FullName]);

    // An object's keys follow below its key, except for settings, which hocon/README.md lists; a list's elements are of one kind and
    // contribute all their keys.
    private static IEnumerable<string> KeysOf(JsonElement value, string above) => value.ValueKind switch
    {
        JsonValueKind.Object when above == "settings" => [above + ".*"],
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => KeysOf(p.Value, above.Length == 0 ? p.Name : $"{above}.{p.Name}")),
        JsonValueKind.Array when value.EnumerateArray().Any(v => v.ValueKind == JsonValueKind.Object) =>
            value.EnumerateArray().SelectMany(v => KeysOf(v, above + "[]")),
        JsonValueKind.Array => [above + "[]"],
        _ => [above],
    };

    [GeneratedRegex(@"(\.tfevents\.).*")]
    private static partial Regex Machine();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
