using System.Globalization;
using System.Net;
using CACL.Actors.Certificates;
using CACL.Actors.Evaluators;
using CACL.Actors.Membership;
using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.cluster</c>; reference.conf says what each means.</summary>
internal sealed record ClusterSettings
{
    public required bool Enabled { get; init; }

    public required string Host { get; init; }

    /// <summary>0: any.</summary>
    public required int Port { get; init; }

    /// <summary>0: any.</summary>
    public required int DataPort { get; init; }

    /// <summary>Absolute; empty: none.</summary>
    public required string Certificates { get; init; }

    public required IReadOnlyList<string> Folders { get; init; }

    public required int Evaluations { get; init; }

    /// <summary>Absolute.</summary>
    public required string CacheFolder { get; init; }

    public required long CacheSize { get; init; }

    public required TimeSpan DownAfter { get; init; }

    public static ClusterSettings Read(SettingsReader reader)
    {
        var settings = new ClusterSettings
        {
            Enabled = reader.Boolean("cacl.cluster.enabled"),
            Host = Host(reader.Text("cacl.cluster.host", IsHost, "auto, an address of this machine or a name of it")),
            Port = Port("cacl.cluster.port"),
            DataPort = Port("cacl.cluster.data-port"),
            Certificates = FilePaths.Absolute(reader.Text("cacl.cluster.certificates")),
            Folders = reader.Texts("cacl.cluster.folders", FilePaths.Absolute),
            Evaluations = reader.Integer("cacl.cluster.evaluations", 1, EvaluatorLimits.AtOnce),
            CacheFolder = reader.Text("cacl.cluster.cache.folder") is { Length: > 0 } folder ? FilePaths.Absolute(folder) : UsualCache(),
            CacheSize = reader.Size("cacl.cluster.cache.size", 1L << 20, 1L << 44),
            DownAfter = reader.Duration("cacl.cluster.down-after", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
        };
        if (settings.Enabled && reader.IsSound("cacl.cluster.host") && settings.Certificates.Length == 0
            && !ClusterMember.IsLoopback(settings.Host))
        {
            reader.Report(
                "cacl.cluster.host",
                $"is {settings.Host}, which others can reach, and there are no certificates by which to know who they are. Make some with "
                    + "`cacl cluster certificates DIR`, and name the folder in cacl.cluster.certificates, or take 127.0.0.1.");
        }

        return settings;

        string Host(string text) => text == "auto" ? Dns.GetHostName() : text;

        int Port(string key) => Number(
            reader.Text(key, t => t == "auto" || Number(t) is not null, "auto or a whole number from 1 to 65535")) ?? 0;
    }

    /// <summary>Reads a certificate of the folder that the settings name.</summary>
    /// <param name="file">The certificate.</param>
    /// <returns>Null if they name none.</returns>
    /// <exception cref="CertificateException">It cannot be used.</exception>
    public NodeCertificate? Certificate(string file) =>
        Certificates.Length == 0 ? null : NodeCertificate.Read(Certificates, file, DateTimeOffset.Now);

    /// <summary>
    /// Returns whether a text may be the name or address of one host: others are told it, so that it cannot stand for all of a machine's.
    /// </summary>
    public static bool IsHost(string text) =>
        text is { Length: > 0 and <= 253 } and not "0.0.0.0" && Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4;

    // Where programs keep what they can fetch again.
    private static string UsualCache() => Path.GetFullPath(Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named && Path.IsPathRooted(named)
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "cacl", "checkpoints"));

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535 ? port : null;
}
