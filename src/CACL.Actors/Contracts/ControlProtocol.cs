using CACL.Runs.Live;

namespace CACL.Actors.Contracts;

/// <summary>What the control actor is told, and what it tells its supervisor.</summary>
internal static class ControlProtocol
{
    /// <summary>
    /// Change settings, all or none; answered by <see cref="SettingsAnswer"/>, to the parent told by <see cref="Changed"/>.
    /// </summary>
    internal sealed record Change(IReadOnlyList<SettingChange> Wishes, string By) : IRunMessage;

    /// <summary>To the parent: settings are different now.</summary>
    internal sealed record Changed(LiveSettings Now) : IRunMessage;
}
