using System.Globalization;
using System.Net;
using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.http</c>; reference.conf says what each means.</summary>
internal sealed record HttpSettings
{
    public required bool Enabled { get; init; }

    /// <summary>An address of this machine, or localhost.</summary>
    public required string Host { get; init; }

    /// <summary>The port; null: 8080 or the next free one.</summary>
    public required int? Port { get; init; }

    /// <summary>The token that a caller must know; empty: none. It is in no file and no log.</summary>
    public required string Token { get; init; }

    /// <summary>Time to keep answering after the last step; zero: none.</summary>
    public required TimeSpan Linger { get; init; }

    /// <summary>The address on which to listen.</summary>
    public IPAddress Address => Parse(Host)!;

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    public static HttpSettings Read(SettingsReader reader)
    {
        var settings = new HttpSettings
        {
            Enabled = reader.Boolean("cacl.http.enabled"),
            Host = reader.Text(
                "cacl.http.host", t => Parse(t) is not null, "an IP address of this machine, 0.0.0.0 for all of them, or localhost"),
            Port = Number(
                reader.Text("cacl.http.port", t => t == "auto" || Number(t) is not null, "auto or a whole number from 1 to 65535")),
            Token = reader.Secret("cacl.http.token"),
            Linger = reader.Duration("cacl.http.linger", TimeSpan.Zero, TimeSpan.FromDays(24)),
        };
        if (settings.Enabled && reader.IsSound("cacl.http.host") && !settings.IsLoopback && settings.Token.Length == 0)
        {
            reader.Report(
                "cacl.http.host",
                $"is {settings.Host}, which others can reach, and there is no token. Set the environment variable CACL_HTTP_TOKEN to a "
                    + "long random text, or take 127.0.0.1.");
        }

        return settings;
    }

    private static IPAddress? Parse(string host) =>
        host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out var address) ? address : null;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535 ? port : null;
}
