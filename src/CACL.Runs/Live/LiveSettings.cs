using CACL.Learning.Methods;

namespace CACL.Runs.Live;

/// <summary>The settings of a run that may change while it goes on, as they are at one moment.</summary>
public sealed record LiveSettings
{
    /// <summary>What the scheduled learning rate is multiplied by.</summary>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>What each loss counts.</summary>
    public required LossWeights LossWeights { get; init; }

    /// <summary>Steps between two evaluations; 0: none by steps.</summary>
    public long EvaluateEverySteps { get; init; }

    /// <summary>Steps between two checkpoints; 0: only at the end.</summary>
    public long CheckpointEverySteps { get; init; }

    /// <summary>Decoders.</summary>
    public int Decoders { get; init; }

    /// <summary>Least severe events that are logged: verbose, debug, information, warning or error.</summary>
    public string LogLevel { get; init; } = "information";

    /// <summary>What a step is told under these settings.</summary>
    /// <param name="scheduledRate">The schedule's learning rate for it.</param>
    /// <param name="progress">See <see cref="StepSettings.Progress"/>.</param>
    public StepSettings OfStep(double scheduledRate, double progress) =>
        new(scheduledRate * LearningRateFactor) { Weights = LossWeights, Progress = progress };
}

/// <summary>One wish for a change.</summary>
/// <param name="Setting">One of <see cref="LiveSettingNames"/>.</param>
/// <param name="Value">The new value as text: a number such as 0.5, or a word.</param>
public sealed record SettingChange(string Setting, string Value);

/// <summary>A change as control.jsonl keeps it.</summary>
/// <param name="Time">When it was asked for.</param>
/// <param name="Step">The first step it acts on, counted from 1 as metrics.jsonl does.</param>
/// <param name="Setting">One of <see cref="LiveSettingNames"/>.</param>
/// <param name="Value">The new value as text.</param>
/// <param name="By">Who asked.</param>
public sealed record JournaledChange(DateTimeOffset Time, long Step, string Setting, string Value, string By);

/// <summary>What became of wishes: all of them, or none.</summary>
/// <param name="Changes">What was changed; empty where everything was so already, or where it was refused.</param>
/// <param name="Now">The settings of the next step.</param>
/// <param name="Refusal">A sentence: why nothing was changed; null: it was not refused.</param>
public sealed record SettingsAnswer(IReadOnlyList<JournaledChange> Changes, LiveSettings Now, string? Refusal);
