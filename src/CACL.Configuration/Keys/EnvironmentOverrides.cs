using CACL.Configuration.Hocon;


namespace CACL.Configuration.Keys;

/// <summary>
/// Settings from environment variables. The name of a variable is its key in capitals with <c>_</c> for every <c>.</c> and <c>-</c>:
/// <c>CACL_DATA_CROP_SIZE</c> sets <c>cacl.data.crop-size</c>. No two keys share a name, which a test ensures.
/// </summary>
public static class EnvironmentOverrides
{
    /// <summary>Returns the variable that sets a key.</summary>
    public static string Variable(string key) => key.Replace('.', '_').Replace('-', '_').ToUpperInvariant();

    /// <summary>Returns the keys that variables set, and their values.</summary>
    /// <exception cref="ConfigurationException">A variable is named like a key of a section, but no such key exists.</exception>
    public static IEnumerable<(string Key, string Value, string Source)> Read(IEnumerable<KeyValuePair<string, string>> environment)
    {
        var byVariable = KnownKeys.All.ToDictionary(Variable);
        var sections = KnownKeys.All.Where(k => k.Count(c => c == '.') > 1)
            .Select(k => $"CACL_{k.Split('.')[1].ToUpperInvariant()}_")
            .ToHashSet();
        foreach (var (name, value) in environment.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (byVariable.TryGetValue(name, out var key)) yield return (key, value, $"environment variable {name}");
            else if (sections.Any(s => Plain(name).StartsWith(s, StringComparison.Ordinal))) throw Unknown(name, byVariable.Keys);
        }
    }

    // Other programs use lower-case letters, or two underscores for a section: a variable meant like that must not be ignored silently.
    private static string Plain(string name) => name.ToUpperInvariant().Replace("__", "_", StringComparison.Ordinal);

    private static ConfigurationException Unknown(string name, IEnumerable<string> variables)
    {
        var near = EditDistance.Nearest(Plain(name), variables);
        var hint = near is null ? "Unset it; hocon/README.md lists all keys." : $"Did you mean {near}? Otherwise unset it.";
        return new ConfigurationException($"The environment variable {name} is named like a setting, but there is no such key. {hint}");
    }
}
