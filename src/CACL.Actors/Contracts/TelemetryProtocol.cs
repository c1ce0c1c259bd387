using CACL.Runs.Videos;

namespace CACL.Actors.Contracts;

/// <summary>Messages that the telemetry actor receives in addition to <see cref="LoopReport.Stepped"/>.</summary>
internal static class TelemetryProtocol
{
    /// <summary>Reports that a video was quarantined.</summary>
    internal sealed record Quarantined(QuarantinedVideo Video) : IRunMessage;

    /// <summary>Asks for <see cref="Flushed"/>, which is sent once everything reported before is on disk.</summary>
    internal sealed record Flush : IRunMessage;

    /// <summary>Answers <see cref="Flush"/>.</summary>
    internal sealed record Flushed : IRunMessage;
}
