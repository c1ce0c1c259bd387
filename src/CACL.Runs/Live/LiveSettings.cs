using CACL.Learning.Methods;
using CACL.Runs.Steps;

namespace CACL.Runs.Live;

/// <summary>The settings that may change during a run, as they are at one moment.</summary>
public sealed record LiveSettings
{
    /// <summary>Factor of the scheduled learning rate.</summary>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>The loss weights.</summary>
    public required LossWeights LossWeights { get; init; }

    /// <summary>Steps between two evaluations; 0: none by steps.</summary>
    public long EvaluateEverySteps { get; init; }

    /// <summary>Steps between two checkpoints; 0: only at the end.</summary>
    public long CheckpointEverySteps { get; init; }

    /// <summary>Number of decoders; 0: chosen by the program.</summary>
    public int Decoders { get; init; }

    /// <summary>The lowest level that is logged: verbose, debug, information, warning or error.</summary>
    public string LogLevel { get; init; } = "information";

    /// <summary>Returns the settings of a step.</summary>
    /// <param name="scheduledRate">The schedule's learning rate for the step.</param>
    /// <param name="length">The run's length.</param>
    /// <param name="step">The step, counted from 0.</param>
    public StepSettings OfStep(double scheduledRate, RunLength length, long step) => new(scheduledRate * LearningRateFactor)
    {
        Weights = LossWeights,
        Progress = length.ProgressAt(step),
        Step = step,
        StepsPerEpoch = length.StepsPerEpoch,
    };
}

/// <summary>A requested change.</summary>
/// <param name="Setting">One of <see cref="LiveSettingNames"/>.</param>
/// <param name="Value">The new value as text: a number such as 0.5, or a word.</param>
public sealed record SettingChange(string Setting, string Value);

/// <summary>A change as it is kept in control.jsonl.</summary>
/// <param name="Time">When it was requested.</param>
/// <param name="Step">The first step on which it takes effect, counted from 1 as in metrics.jsonl.</param>
/// <param name="Setting">One of <see cref="LiveSettingNames"/>.</param>
/// <param name="Value">The new value as text.</param>
/// <param name="By">Who requested it.</param>
public sealed record JournaledChange(DateTimeOffset Time, long Step, string Setting, string Value, string By);

/// <summary>The answer to requested changes, which are applied all or none.</summary>
/// <param name="Changes">What was changed; empty if everything already had the requested value, or if the request was refused.</param>
/// <param name="Now">The settings of the next step.</param>
/// <param name="Refusal">A sentence that says why nothing was changed; null if it was not refused.</param>
public sealed record SettingsAnswer(IReadOnlyList<JournaledChange> Changes, LiveSettings Now, string? Refusal);
