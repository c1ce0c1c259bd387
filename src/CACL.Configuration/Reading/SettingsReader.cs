using System.Globalization;
using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;

namespace CACL.Configuration.Reading;

/// <summary>A setting as it was read.</summary>
/// <param name="Key">The key.</param>
/// <param name="Text">Its value in canonical spelling, as HOCON.</param>
/// <param name="Origin">Where it was written.</param>
public sealed record ResolvedSetting(string Key, string Text, HoconOrigin Origin);

/// <summary>Reads typed values from a resolved tree, and collects faults instead of stopping at the first.</summary>
public sealed class SettingsReader(HoconObject root)
{
    private readonly List<SettingsProblem> _problems = [];
    private readonly SortedDictionary<string, ResolvedSetting> _settings = new(StringComparer.Ordinal);

    /// <summary>All problems so far.</summary>
    public IReadOnlyList<SettingsProblem> Problems => _problems;

    /// <summary>All settings read so far, sorted by key.</summary>
    public IReadOnlyCollection<ResolvedSetting> Settings => _settings.Values;

    /// <summary>Reports a problem with a key.</summary>
    public void Report(string key, string message) => _problems.Add(new SettingsProblem(key, OriginOf(key), message));

    /// <summary>Returns whether the keys themselves have no problem, so that rules which compare them with others make sense.</summary>
    public bool IsSound(params string[] keys) => !_problems.Any(p => keys.Contains(p.Key));

    /// <summary>Reads a whole number.</summary>
    public int Integer(string key, int least, int most) => (int)Integer(key, (long)least, most);

    /// <summary>Reads a whole number.</summary>
    public long Integer(string key, long least, long most)
    {
        if (Scalar(key) is not { } text) return least;
        if (!Whole(text, out var value)) return Wrong(key, text, $"a whole number from {least} to {most}", least);
        if (value < least || value > most) return Wrong(key, text, $"a whole number from {least} to {most}", least);
        return Keep(key, (long)value, ((long)value).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a seed.</summary>
    public ulong Seed(string key)
    {
        if (Scalar(key) is not { } text) return 0;
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return Wrong(key, text, $"a whole number from 0 to {ulong.MaxValue}", 0UL);
        }

        return Keep(key, value, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="allows">Returns whether a number is allowed.</param>
    /// <param name="allowed">The same in words.</param>
    public double Number(string key, Func<double, bool> allows, string allowed)
    {
        if (Scalar(key) is not { } text) return 0;
        if (!Real(text, out var value) || !allows(value)) return Wrong(key, text, $"a number {allowed}", 0.0);
        return Keep(key, value, value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a given number of numbers.</summary>
    public IReadOnlyList<double> Numbers(string key, int count)
    {
        var texts = ReadList(key) ?? [];
        var values = texts.Select(t => Real(t, out var value) ? value : double.NaN).ToList();
        if (values.Count == count && !values.Any(double.IsNaN))
        {
            return Keep(key, values, $"[{string.Join(", ", values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}]");
        }

        if (IsSound(key)) Wrong(key, string.Join(", ", texts), $"a list of {count} numbers such as [0.2, 1.0]", 0);
        return new double[count];
    }

    /// <summary>Reads true, yes, on; false, no, off.</summary>
    public bool Boolean(string key)
    {
        if (Scalar(key) is not { } text) return false;
        if (!HoconUnits.TryBoolean(text, out var value)) return Wrong(key, text, "true or false", false);
        return Keep(key, value, value ? "true" : "false");
    }

    /// <summary>Reads true, false, or the word auto, for which it returns null.</summary>
    public bool? BooleanOrAuto(string key)
    {
        if (Scalar(key) is not { } text) return null;
        if (text == "auto") return Keep<bool?>(key, null, "auto");
        if (!HoconUnits.TryBoolean(text, out var value)) return Wrong<bool?>(key, text, "auto, true or false", null);
        return Keep<bool?>(key, value, value ? "true" : "false");
    }

    /// <summary>Reads one of some words.</summary>
    public T Choice<T>(string key, params (string Word, T Value)[] choices)
    {
        if (Scalar(key) is not { } text) return choices[0].Value;
        foreach (var (word, value) in choices)
        {
            if (word == text) return Keep(key, value, Hocon.HoconWriter.Text(word));
        }

        return Wrong(key, text, OneOf([.. choices.Select(c => c.Word)], text), choices[0].Value);
    }

    /// <summary>Reads any text, or one that passes a check.</summary>
    public string Text(string key, Func<string, bool>? allows = null, string allowed = "a text")
    {
        if (Scalar(key) is not { } text) return "";
        if (allows is not null && !allows(text)) return Wrong(key, text, allowed, "");
        return Keep(key, text, HoconWriter.Text(text));
    }

    /// <summary>Reads a text that may contain a secret if it is not an allowed one: then it is not repeated.</summary>
    public string Guarded(string key, Func<string, bool> allows, string allowed)
    {
        if (Scalar(key) is not { } text) return "";
        if (allows(text)) return Keep(key, text, HoconWriter.Text(text));
        var origin = OriginOf(key);
        // A file is named by its line, but an option is quoted.
        if (origin.Line == 0 && origin.Source.Contains(key, StringComparison.Ordinal)) origin = HoconOrigin.Of($"--set {key}");
        _problems.Add(new SettingsProblem(key, origin, $"is not {allowed}."));
        return "";
    }

    /// <summary>Reads a list of texts; a single text is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key, Func<string, string> canonical)
    {
        if (ReadList(key) is not { } texts) return [];
        var values = texts.Select(canonical).ToList();
        return Keep(key, values, $"[{string.Join(", ", values.Select(HoconWriter.Text))}]");
    }

    /// <summary>Reads a list of texts or objects; a single one is a list of one, an empty text a list of none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="read">Reads an element; if something is wrong with it, reports that and returns null.</param>
    /// <param name="render">Returns an element in HOCON.</param>
    public IReadOnlyList<T> Elements<T>(string key, Func<HoconValue, Action<string>, T?> read, Func<T, string> render)
        where T : class
    {
        IReadOnlyList<HoconValue> found = root.At(key) switch
        {
            HoconArray array => array.Items,
            HoconScalar { IsNull: false, Text: var text } when text.Trim().Length == 0 => [],
            { } value => [value],
            null => [],
        };
        var values = found.Select(value => read(value, message => _problems.Add(new SettingsProblem(key, value.Origin, message))))
            .OfType<T>()
            .ToList();
        return Keep(key, values, $"[{string.Join(", ", values.Select(render))}]");
    }

    /// <summary>Reads any text that must not be repeated: neither the value nor its origin, which may quote it.</summary>
    public string Secret(string key)
    {
        if (Scalar(key) is not { } text) return "";
        _settings[key] = new ResolvedSetting(
            key, "\"\"", text.Length > 0 ? HoconOrigin.Of("set, and kept out of this file") : OriginOf(key));
        return text;
    }

    /// <summary>Reads a subset of some words: a list, or one comma-separated text.</summary>
    public IReadOnlySet<string> Words(string key, params string[] words)
    {
        var found = (ReadList(key) ?? [])
            .SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        foreach (var word in found.Where(w => !words.Contains(w))) Wrong(key, word, OneOf(words, word), 0);
        var chosen = words.Where(found.Contains).ToList();
        return Keep(key, new HashSet<string>(chosen), $"[{string.Join(", ", chosen)}]");
    }

    /// <summary>Reads a duration such as 30s.</summary>
    public TimeSpan Duration(string key, TimeSpan least, TimeSpan most)
    {
        if (Scalar(key) is not { } text) return least;
        var allowed = $"a duration from {HoconUnits.Render(least)} to {HoconUnits.Render(most)}, with its unit, such as 30s or 5 minutes";
        if (!HoconUnits.TryDuration(text, out var value) || value < least || value > most) return Wrong(key, text, allowed, least);
        return Keep(key, value, HoconUnits.Render(value));
    }

    /// <summary>Reads a size in bytes such as 256 MiB.</summary>
    public long Size(string key, long least, long most)
    {
        if (Scalar(key) is not { } text) return least;
        if (!HoconUnits.TrySize(text, out var value) || value < least || value > most)
        {
            return Wrong(key, text, $"a size from {least >> 20} MiB to {most >> 20} MiB, such as 256 MiB", least);
        }

        return Keep(key, value, value.ToString(CultureInfo.InvariantCulture));
    }

    private static bool Whole(string text, out decimal value) =>
        decimal.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture,
            out value)
        && value == decimal.Truncate(value);

    private static bool Real(string text, out double value) =>
        double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture,
            out value)
        && double.IsFinite(value);

    private static string OneOf(IReadOnlyList<string> words, string found) =>
        EditDistance.Nearest(found, words) is { } near
            ? $"one of {string.Join(", ", words)} (did you mean {near}?)"
            : $"one of {string.Join(", ", words)}";

    private string? Scalar(string key)
    {
        switch (root.At(key))
        {
            case HoconScalar { IsNull: false } scalar:
                return scalar.Text.Trim();
            case HoconArray:
                Report(key, "is a list; a single value is expected.");
                break;
            case HoconObject:
                Report(key, "is a section; a single value is expected.");
                break;
            default:
                Report(key, "has no value.");
                break;
        }

        return null;
    }

    private List<string>? ReadList(string key)
    {
        switch (root.At(key))
        {
            case HoconArray array when array.Items.All(i => i is HoconScalar { IsNull: false }):
                return [.. array.Items.Select(i => ((HoconScalar)i).Text.Trim())];
            case HoconArray:
                Report(key, "holds a list, an object or null inside its list; only single values are allowed there.");
                return null;
            default:
                return Scalar(key) is { } text ? [.. new[] { text }.Where(t => t.Length > 0)] : null;
        }
    }

    private T Keep<T>(string key, T value, string text)
    {
        _settings[key] = new ResolvedSetting(key, text, OriginOf(key));
        return value;
    }

    private T Wrong<T>(string key, string found, string allowed, T instead)
    {
        Report(key, $"is {(found.Length == 0 ? "empty" : $"'{found}'")}; allowed is {allowed}.");
        return instead;
    }

    private HoconOrigin OriginOf(string key)
    {
        // A key without a value of its own has to be corrected where its section is.
        for (var path = key; ; path = path[..path.LastIndexOf('.')])
        {
            if (root.At(path) is { } value) return value.Origin;
            if (!path.Contains('.', StringComparison.Ordinal)) return HoconOrigin.Of("configuration");
        }
    }
}
