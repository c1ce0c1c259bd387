using CACL.Actors.Contracts;
using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>Reads the keys min-backoff and max-backoff, which several sections have; reference.conf says what each means.</summary>
internal static class BackOffSettings
{
    /// <summary>Reads the keys of a section. <see cref="SettingsRules"/> checks whether they are in order.</summary>
    public static BackOff Read(SettingsReader reader, string section) => new(
        reader.Duration($"{section}.min-backoff", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        reader.Duration($"{section}.max-backoff", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24)));
}
