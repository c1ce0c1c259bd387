using System.Globalization;
using CACL.Actors.Contracts;
using CACL.Actors.Telemetry;
using CACL.Data.Wording;

namespace CACL.Http.Probes;

/// <summary>The result of one check.</summary>
/// <param name="Name">The check: step, checkpoint, decoders or start.</param>
/// <param name="Ok">Whether it passed.</param>
/// <param name="Text">A sentence that says why.</param>
public sealed record HealthCheck(string Name, bool Ok, string Text);

/// <summary>The facts that the checks rest on.</summary>
/// <param name="Phase">The phase that the training is in; null: it does not answer.</param>
/// <param name="Step">Steps done.</param>
/// <param name="SinceStep">Time since the last step, or since the training began or was resumed.</param>
/// <param name="SinceBegin">Time since this start of the run began.</param>
/// <param name="Saved">The newest checkpoint.</param>
/// <param name="Decoders">Decoders that are alive; null: none was ever started.</param>
public sealed record HealthFacts(
    LoopPhase? Phase, long Step, TimeSpan SinceStep, TimeSpan SinceBegin, (long Step, TimeSpan Age)? Saved, int? Decoders);

/// <summary>
/// Checks the health of a run: whether it is alive (need not be restarted) and ready (makes progress and saves it). Anybody may ask over
/// HTTP, so the sentences hold numbers and configuration keys only: no path, no name, no exception's message.
/// </summary>
public sealed class Health(HealthOptions options, RunInstruments instruments, TimeProvider clock)
{
    private long _began = -1;

    /// <summary>Notes that the training has begun.</summary>
    public void Begin()
    {
        instruments.Progress();
        Volatile.Write(ref _began, clock.GetTimestamp());
    }

    /// <summary>Returns the current facts, or null if the training has not begun.</summary>
    /// <param name="phase">What the training is doing; null if it does not answer.</param>
    /// <param name="step">Steps done.</param>
    public HealthFacts? Facts(LoopPhase? phase, long step)
    {
        var began = Volatile.Read(ref _began);
        if (began < 0) return null;
        // No step can be finished during a pause: the wait begins when it is over.
        if (phase == LoopPhase.Paused) instruments.Progress();
        return new HealthFacts(
            phase, step, instruments.SinceProgress, clock.GetElapsedTime(began), instruments.LastSaved, instruments.DecodersAlive);
    }

    /// <summary>Returns whether it is alive: steps keep being finished.</summary>
    public IReadOnlyList<HealthCheck> Live(HealthFacts? facts) => facts is null
        ? [new("start", true, "The training has not begun yet: videos are being checked, and the model is being built.")]
        : [Steps(facts)];

    /// <summary>Returns whether it is ready: it has begun, and its steps, checkpoints and decoders are as they should be.</summary>
    public IReadOnlyList<HealthCheck> Ready(HealthFacts? facts) => facts is null
        ? [new("start", false, "The training has not begun yet: videos are being checked, and the model is being built.")]
        : [Steps(facts), Checkpoint(facts), Decoders(facts)];

    private HealthCheck Steps(HealthFacts facts)
    {
        const string Name = "step";
        switch (facts.Phase)
        {
            case null:
                return new(Name, false, "The training does not answer: its actors are stuck.");
            case LoopPhase.Ended:
                return new(Name, true, "The training is over.");
            case LoopPhase.Paused:
                return new(Name, true, $"The training is paused after step {facts.Step}.");
        }

        if (facts.SinceStep <= options.StepAge)
            return new(Name, true, $"Step {facts.Step} was finished, or the wait for the next began, {Seconds(facts.SinceStep)} ago.");
        var doing = facts.Phase switch
        {
            LoopPhase.WaitingForData => "it waits for data: the decoders deliver nothing",
            LoopPhase.InStep => "a step is being computed",
            LoopPhase.Copying => "the state is being copied",
            _ => "the state is being built",
        };
        return new(Name, false, $"No step was finished for {Seconds(facts.SinceStep)}, longer than {SettingNames.HealthStepAge} "
            + $"({Seconds(options.StepAge)}); {doing}.");
    }

    private HealthCheck Checkpoint(HealthFacts facts)
    {
        const string Name = "checkpoint";
        if (facts.Saved is { } saved)
        {
            var text = $"The newest checkpoint, of step {saved.Step}, is {Seconds(saved.Age)} old";
            // What is saved does not age: only steps done since then can be lost. For a resumed run, time counts from its start, not from
            // its interruption.
            var atRisk = saved.Age < facts.SinceBegin ? saved.Age : facts.SinceBegin;
            return saved.Step >= facts.Step || atRisk <= options.CheckpointAge
                ? new(Name, true, $"{text}.")
                : new(Name, false, $"{text}, older than {SettingNames.HealthCheckpointAge} ({Seconds(options.CheckpointAge)}): the log "
                    + $"says why, or {SettingNames.CheckpointEverySteps} is too large.");
        }

        return facts.Step == 0 || facts.SinceBegin <= options.CheckpointAge
            ? new(Name, true, "No checkpoint was written yet.")
            : new(Name, false, $"No checkpoint was written in {Seconds(facts.SinceBegin)}, longer than "
                + $"{SettingNames.HealthCheckpointAge} ({Seconds(options.CheckpointAge)}).");
    }

    private static HealthCheck Decoders(HealthFacts facts)
    {
        const string Name = "decoders";
        if (facts.Phase == LoopPhase.Ended || facts.Decoders is not { } alive) return new(Name, true, "No decoders are needed.");
        return alive > 0
            ? new(Name, true, $"{alive} decoder{(alive == 1 ? " is" : "s are")} alive.")
            : new(Name, false, "No decoder is alive: all have failed, and the next one starts after a pause. The log says why.");
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}
