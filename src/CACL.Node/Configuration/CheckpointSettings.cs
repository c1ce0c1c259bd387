namespace CACL.Node.Configuration;

/// <summary>What training does while a checkpoint cannot be written.</summary>
internal enum CheckpointFailureDecision
{
    /// <summary>Goes on.</summary>
    Continue,

    /// <summary>Waits.</summary>
    Pause,
}

/// <summary>Settings under <c>cacl.checkpoints</c>; reference.conf says what each means.</summary>
internal sealed record CheckpointSettings
{
    public required long EverySteps { get; init; }

    public required int Keep { get; init; }

    public required CheckpointFailureDecision OnFailure { get; init; }

    public required TimeSpan RetryMinBackoff { get; init; }

    public required TimeSpan RetryMaxBackoff { get; init; }

    public static CheckpointSettings Read(SettingsReader reader) => new()
    {
        EverySteps = reader.Integer("cacl.checkpoints.every-steps", 1L, long.MaxValue / 4),
        Keep = reader.Integer("cacl.checkpoints.keep", 1, 1000),
        OnFailure = reader.Choice("cacl.checkpoints.on-failure", ("continue", CheckpointFailureDecision.Continue), ("pause", CheckpointFailureDecision.Pause)),
        RetryMinBackoff = reader.Duration("cacl.checkpoints.retry.min-backoff", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        RetryMaxBackoff = reader.Duration("cacl.checkpoints.retry.max-backoff", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24)),
    };
}
