using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>
/// Loads checked settings from files and overrides. In order of increasing strength: reference.conf, the method's own settings, the files
/// in order, the environment, --set.
/// </summary>
internal static class ConfigurationFiles
{
    /// <summary>The override with which a program opens no port.</summary>
    public const string NoPort = "cacl.http.enabled=false";

    /// <summary>Loads the settings of a run.</summary>
    /// <param name="files">HOCON files, the strongest last.</param>
    /// <param name="overrides">Overrides, <c>key=value</c>, the strongest last.</param>
    /// <param name="environment">Environment variables; <see cref="ProcessEnvironment"/> gives this process's.</param>
    /// <exception cref="HoconException">A text cannot be parsed.</exception>
    /// <exception cref="SettingsException">Settings are wrong: the message lists all of them.</exception>
    /// <exception cref="ConfigurationException">An override or an environment variable is invalid.</exception>
    public static ResolvedConfiguration Load(
        IEnumerable<string> files,
        IEnumerable<string> overrides,
        IReadOnlyDictionary<string, string> environment) => LoadLayers(files, [], overrides, environment);

    /// <summary>Does the same as <see cref="Load"/>, with single settings between the files and the environment.</summary>
    /// <param name="files">HOCON files, the strongest last.</param>
    /// <param name="settings">Keys with their values, as HOCON, and their origins.</param>
    /// <param name="overrides">Overrides, <c>key=value</c>, the strongest last.</param>
    /// <param name="environment">Environment variables.</param>
    public static ResolvedConfiguration LoadLayers(
        IEnumerable<string> files,
        IEnumerable<(string Key, string Value, string Source)> settings,
        IEnumerable<string> overrides,
        IReadOnlyDictionary<string, string> environment)
    {
        (string[] paths, string[] last) = ([.. files], [.. overrides]);
        var single = settings.ToList();
        // Which method it is decides which settings come right after reference.conf; any layer may say it.
        var root = Layers(method: null);
        return Bind(MethodOf(root) is { } method && KnownMethods.Preset(method) is not null ? Layers(method) : root);

        HoconObject Layers(string? method)
        {
            var loader = new HoconLoader(environment.GetValueOrDefault, SettingsFile.Open).AddText(ReferenceFile.Name, ReferenceFile.Text);
            if (method is not null) loader.AddText($"hocon/{KnownMethods.PresetName(method)}", KnownMethods.Preset(method)!);
            foreach (var file in paths) loader.AddFile(file);
            foreach (var (key, value, source) in single) Add(loader, key, value, source);
            foreach (var (key, value, source) in EnvironmentOverrides.Read(environment)) Add(loader, key, value, source);
            foreach (var text in last) AddOverride(loader, text);
            return loader.Resolve();
        }
    }

    /// <summary>Returns the default settings.</summary>
    public static ResolvedConfiguration Defaults() => Load([], [], new Dictionary<string, string>());

    /// <summary>Returns this process's environment variables.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");

    /// <summary>Splits a text <c>key=value</c>.</summary>
    /// <exception cref="ConfigurationException">The text is not of that form.</exception>
    public static (string Key, string Value) SplitOverride(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0) throw new ConfigurationException($"--set {text}: expected key=value, such as --set cacl.training.batch-size=32.");
        return (text[..at].Trim(), text[(at + 1)..]);
    }

    private static void AddOverride(HoconLoader loader, string text)
    {
        var (key, value) = SplitOverride(text);
        Add(loader, key, value, SecretSettings.IsSecret(key) ? $"--set {key}" : $"--set {text}");
    }

    private static void Add(HoconLoader loader, string key, string value, string source)
    {
        if (SecretSettings.Keys.Contains(key)) loader.AddSecret(key, value, source);
        else loader.AddOverride(key, value, source);
    }

    private static string? MethodOf(HoconObject root) =>
        root["cacl"] is HoconObject settings && settings[KnownMethods.Key.Split('.')[^1]] is HoconScalar { IsNull: false } word
            ? word.Text
            : null;

    private static ResolvedConfiguration Bind(HoconObject root)
    {
        var reader = new SettingsReader(root);
        var unknown = KnownKeys.Unknown(root).ToList();
        var settings = RunSettings.Read(reader);
        // A section that was overwritten by a value would be reported once more for each of its keys.
        var problems = unknown.Concat(
            reader.Problems.Where(p => !unknown.Any(u => p.Key.StartsWith(u.Key + ".", StringComparison.Ordinal)))).ToList();
        if (problems.Count > 0) throw new SettingsException(problems);
        return new ResolvedConfiguration(settings, reader.Settings, root["akka"] as HoconObject);
    }
}
