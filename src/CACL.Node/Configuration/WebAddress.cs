namespace CACL.Node.Configuration;

/// <summary>An address on the web, or none.</summary>
internal static class WebAddress
{
    /// <summary>Reads one; null where the text is empty. A user and password within are refused: addresses are logged.</summary>
    public static Uri? Read(SettingsReader reader, string key)
    {
        var text = reader.Text(key, t => t.Length == 0 || Parse(t) is not null, "an address such as http://localhost:4317, without user and password, or nothing");
        return text.Length == 0 ? null : Parse(text);
    }

    private static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "" } ? address : null;
}
