namespace CACL.Configuration.Reading;

/// <summary>Reads an optional web address.</summary>
public static class WebAddress
{
    /// <summary>
    /// Reads an address; returns null if the text is empty. A user, a password or a query in it are refused, and not repeated: addresses
    /// are logged.
    /// </summary>
    public static Uri? Read(SettingsReader reader, string key)
    {
        var text = reader.Guarded(
            key, t => t.Length == 0 || Parse(t) is not null,
            "an address such as http://localhost:4317, without user, password and query, or nothing");
        return text.Length == 0 ? null : Parse(text);
    }

    private static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" } ? address : null;
}
