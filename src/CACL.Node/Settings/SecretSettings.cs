namespace CACL.Node.Settings;

/// <summary>The settings whose values are in no file, no log and no message.</summary>
internal static class SecretSettings
{
    /// <summary>What stands in place of a value.</summary>
    public const string Hidden = "(kept secret)";

    /// <summary>Their keys.</summary>
    public static IReadOnlySet<string> Keys { get; } =
        new HashSet<string> { "cacl.http.token", "cacl.logging.seq.api-key", "cacl.telemetry.otlp.headers" };

    /// <summary>Returns whether a key is one of them, or of a section that holds one.</summary>
    public static bool IsSecret(string key)
    {
        var plain = key.Replace("\"", "", StringComparison.Ordinal).Trim();
        return Keys.Any(secret => secret == plain || secret.StartsWith(plain + ".", StringComparison.Ordinal));
    }

    /// <summary>Returns an override, <c>key=value</c>, without its value if that is a secret.</summary>
    public static string Shown(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && IsSecret(text[..at]) ? $"{text[..at]}={Hidden}" : text;
    }
}
