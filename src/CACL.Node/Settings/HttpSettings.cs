using System.Globalization;
using CACL.Configuration.Reading;
using CACL.Http;

namespace CACL.Node.Settings;

/// <summary>Reads the settings under <c>cacl.http</c>; reference.conf says what each means.</summary>
internal static class HttpSettings
{
    /// <summary>Reads them, and reports what is wrong with them.</summary>
    public static HttpOptions Read(SettingsReader reader)
    {
        var options = new HttpOptions
        {
            Enabled = reader.Boolean("cacl.http.enabled"),
            Host = reader.Text(
                "cacl.http.host",
                t => HttpOptions.AddressOf(t) is not null,
                "an IP address of this machine, 0.0.0.0 for all of them, or localhost"),
            Port = Number(
                reader.Text("cacl.http.port", t => t == "auto" || Number(t) is not null, "auto or a whole number from 1 to 65535")),
            Token = reader.Secret("cacl.http.token"),
            Linger = reader.Duration("cacl.http.linger", TimeSpan.Zero, TimeSpan.FromDays(24)),
        };
        if (options.Enabled && reader.IsSound("cacl.http.host") && !options.IsLoopback && options.Token.Length == 0)
        {
            reader.Report(
                "cacl.http.host",
                $"is {options.Host}, which others can reach, and there is no token. Set the environment variable CACL_HTTP_TOKEN to a "
                    + "long random text, or take 127.0.0.1.");
        }

        return options;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535 ? port : null;
}
