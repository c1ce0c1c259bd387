namespace CACL.Http.Probes;

/// <summary>The ages above which a run is not called healthy.</summary>
public sealed record HealthOptions
{
    /// <summary>How long ago the last step may have been finished.</summary>
    public TimeSpan StepAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How old the newest checkpoint may be while there are steps that it does not hold.</summary>
    public TimeSpan CheckpointAge { get; init; } = TimeSpan.FromHours(6);
}
