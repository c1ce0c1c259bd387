using CACL.Actors.Contracts;
using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.checkpoints</c>; reference.conf says what each means.</summary>
internal sealed record CheckpointSettings
{
    /// <summary>Steps; 0: only at the end.</summary>
    public required int EverySteps { get; init; }

    public required int Keep { get; init; }

    public required OnCheckpointFailure OnFailure { get; init; }

    public required BackOff Retry { get; init; }

    public static CheckpointSettings Read(SettingsReader reader) => new()
    {
        EverySteps = reader.Integer("cacl.checkpoints.every-steps", 0, int.MaxValue),
        Keep = reader.Integer("cacl.checkpoints.keep", 1, 1000),
        OnFailure = reader.Choice(
            "cacl.checkpoints.on-failure", ("continue", OnCheckpointFailure.Continue), ("pause", OnCheckpointFailure.Pause)),
        Retry = BackOffSettings.Read(reader, "cacl.checkpoints.retry"),
    };
}
