using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.ranks</c>; reference.conf says what each means.</summary>
internal sealed record RankSettings
{
    /// <summary>How long an exchange between ranks may take.</summary>
    public required TimeSpan Timeout { get; init; }

    public static RankSettings Read(SettingsReader reader) => new()
    {
        Timeout = reader.Duration("cacl.ranks.timeout", TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
    };
}
