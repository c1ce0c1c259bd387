using CACL.Runs.Videos;

namespace CACL.Actors.Contracts;

/// <summary>What telemetry is told beside <see cref="LoopReport.Stepped"/>.</summary>
internal static class TelemetryProtocol
{
    /// <summary>A video is not used any more.</summary>
    internal sealed record Quarantined(QuarantinedVideo Video) : IRunMessage;

    /// <summary>Answered by <see cref="Flushed"/> once everything told before is on disk.</summary>
    internal sealed record Flush : IRunMessage;

    /// <summary>See <see cref="Flush"/>.</summary>
    internal sealed record Flushed : IRunMessage;
}
