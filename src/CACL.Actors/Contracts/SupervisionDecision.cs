using CACL.Runs.Folder;

namespace CACL.Actors.Contracts;

/// <summary>What becomes of a part that failed, or of what it was about to do.</summary>
public enum SupervisionVerdict
{
    /// <summary>It goes on as it is; something is left out, or waits.</summary>
    GoesOn,

    /// <summary>The same is tried again after a while.</summary>
    TriedAgain,

    /// <summary>The actor is restarted and goes on under its name.</summary>
    Restarted,

    /// <summary>Another actor takes its place.</summary>
    Replaced,

    /// <summary>It is given up; the training goes on without it.</summary>
    GivenUp,

    /// <summary>The run ends.</summary>
    RunEnds,
}

/// <summary>
/// A decision on a failure. Whoever decides tells the run's supervisor, which logs it, publishes it on the actor system's event stream
/// and counts it, all in one place.
/// </summary>
/// <param name="Actor">The actor it is about, as a path such as run/decoders-1/decoder-2.</param>
/// <param name="Cause">What happened, as the rest of a sentence whose subject is the actor, such as "failed: disk full.".</param>
/// <param name="Decision">What is done about it, such as "restarted in 200 ms; training goes on".</param>
/// <param name="Count">How often this happened in a row, or within the window that limits it, this time included.</param>
public sealed record SupervisionDecision(string Actor, string Cause, string Decision, int Count = 1) : IRunMessage
{
    /// <summary>What becomes of the actor.</summary>
    public SupervisionVerdict Verdict { get; init; }

    /// <summary>Whether something is lost by it; otherwise the run is as it would have been.</summary>
    public bool IsGrave { get; init; }

    /// <summary>The exception behind it, or null.</summary>
    public Fault? Fault { get; init; }

    /// <summary>When it was taken.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.Now;

    /// <summary>The actor's own name, such as decoder-2.</summary>
    public string Name => Actor[(Actor.LastIndexOf('/') + 1)..];

    /// <summary>What kind of actor it is: its name without the number, such as decoder.</summary>
    public string Kind => Name.TrimEnd("0123456789".ToCharArray()).TrimEnd('-');
}
