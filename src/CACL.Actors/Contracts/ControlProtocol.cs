using CACL.Runs.Live;

namespace CACL.Actors.Contracts;

/// <summary>Messages that the control actor receives, and the one that it sends its supervisor.</summary>
internal static class ControlProtocol
{
    /// <summary>
    /// Asks for all of these changes to the settings, or none. The sender receives a <see cref="SettingsAnswer"/>, the parent <see
    /// cref="Changed"/>.
    /// </summary>
    internal sealed record Change(IReadOnlyList<SettingChange> Changes, string By) : IRunMessage;

    /// <summary>Tells the parent that the settings have changed.</summary>
    internal sealed record Changed(LiveSettings Now) : IRunMessage;
}
