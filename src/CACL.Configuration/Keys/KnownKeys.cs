using CACL.Configuration.Hocon;

namespace CACL.Configuration.Keys;

/// <summary>The keys in reference.conf; no other is allowed under <c>cacl</c>, and nothing beside <c>cacl</c> and <c>akka</c>.</summary>
public static class KnownKeys
{
    private static readonly Lazy<HoconObject> Reference = new(
        () => new HoconLoader(_ => null, _ => throw new NotSupportedException()).AddText(ReferenceFile.Name, ReferenceFile.Text).Resolve());

    /// <summary>Every key under <c>cacl</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Leaves("cacl", Reference.Value["cacl"]!).Select(l => l.Key)];

    /// <summary>The settings with their defaults and their places in reference.conf.</summary>
    public static IEnumerable<KeyValuePair<string, HoconValue>> Defaults => Leaves("cacl", Reference.Value["cacl"]!);

    private static IReadOnlyList<string> Sections { get; } = [.. All.SelectMany(Outer).Distinct()];

    /// <summary>Reports every key that is not known.</summary>
    public static IEnumerable<SettingsProblem> Unknown(HoconObject root)
    {
        foreach (var (key, value) in root.Fields)
        {
            if (key is not ("cacl" or "akka")) yield return Beside(key, value);
            if (key == "akka" && value is not HoconObject)
                yield return new SettingsProblem(key, value.Origin, "is a section and cannot have a value of its own.");
        }

        if (root["cacl"] is HoconObject settings)
        {
            foreach (var problem in Under("cacl", settings)) yield return problem;
        }
        else if (root["cacl"] is { } value)
        {
            yield return new SettingsProblem("cacl", value.Origin, "is a section and cannot have a value of its own.");
        }
    }

    private static SettingsProblem Beside(string key, HoconValue value)
    {
        var near = All.FirstOrDefault(k => k == $"cacl.{key}" || k.StartsWith($"cacl.{key}.", StringComparison.Ordinal));
        var hint = near is null ? "Settings are under cacl, those of the actor system under akka." : $"Did you mean cacl.{key}?";
        return new SettingsProblem(HoconWriter.Key(key), value.Origin, $"is not known. {hint}");
    }

    private static IEnumerable<SettingsProblem> Under(string section, HoconObject o)
    {
        foreach (var (key, value) in o.Fields)
        {
            var path = $"{section}.{HoconWriter.Key(key)}";
            if (All.Contains(path)) continue;
            var isSection = All.Any(k => k.StartsWith(path + ".", StringComparison.Ordinal));
            if (isSection && value is HoconObject inner)
            {
                foreach (var problem in Under(path, inner)) yield return problem;
            }
            else if (isSection)
            {
                yield return new SettingsProblem(path, value.Origin, "is a section, not a single value; its keys are "
                    + $"{string.Join(", ", All.Where(k => k.StartsWith(path + ".", StringComparison.Ordinal)))}.");
            }
            else
            {
                yield return new SettingsProblem(path, value.Origin, $"is not a known key.{Suggestion(path)}");
            }
        }
    }

    /// <summary>Returns a phrase that names the known key nearest to an unknown one; empty if none is near.</summary>
    public static string Suggestion(string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        // A key under the wrong section is as common as a typo.
        var near = All.FirstOrDefault(k => k.EndsWith("." + name, StringComparison.Ordinal))
            ?? EditDistance.Nearest(path, [.. All, .. Sections]);
        return near is null ? " hocon/README.md lists all keys." : $" Did you mean {near}?";
    }

    private static IEnumerable<string> Outer(string key)
    {
        for (var at = key.LastIndexOf('.'); at > 0; at = key.LastIndexOf('.', at - 1)) yield return key[..at];
    }

    private static IEnumerable<KeyValuePair<string, HoconValue>> Leaves(string path, HoconValue value) =>
        value is HoconObject o ? o.Fields.SelectMany(f => Leaves($"{path}.{f.Key}", f.Value)) : [new(path, value)];
}
