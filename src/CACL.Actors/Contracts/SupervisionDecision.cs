using CACL.Runs.Folder;

namespace CACL.Actors.Contracts;

/// <summary>The verdict on a part that failed, or on what it was about to do.</summary>
public enum SupervisionVerdict
{
    /// <summary>It continues; something is skipped or delayed.</summary>
    GoesOn,

    /// <summary>The same operation is tried again after a back-off.</summary>
    TriedAgain,

    /// <summary>The actor is restarted and keeps its name.</summary>
    Restarted,

    /// <summary>Another actor replaces it.</summary>
    Replaced,

    /// <summary>It is given up; the training continues without it.</summary>
    GivenUp,

    /// <summary>The run ends.</summary>
    RunEnds,
}

/// <summary>
/// A decision on a failure. Whoever makes it tells the run's supervisor, which logs it, publishes it on the actor system's event stream and
/// counts it.
/// </summary>
/// <param name="Actor">The actor that the decision is about, as a path such as run/decoders-1/decoder-2.</param>
/// <param name="Cause">What happened, as a sentence without its subject, the actor: "failed: disk full.".</param>
/// <param name="Decision">What is done about it, such as "restarted in 200 ms; training goes on".</param>
/// <param name="Count">How often this has happened consecutively or within the limiting window, including this time.</param>
public sealed record SupervisionDecision(string Actor, string Cause, string Decision, int Count = 1) : IRunMessage
{
    /// <summary>What becomes of the actor.</summary>
    public SupervisionVerdict Verdict { get; init; }

    /// <summary>Whether something is lost; otherwise the result of the run is unaffected.</summary>
    public bool IsGrave { get; init; }

    /// <summary>The exception that caused it, or null.</summary>
    public Fault? Fault { get; init; }

    /// <summary>When the decision was made.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.Now;

    /// <summary>The actor's own name, such as decoder-2.</summary>
    public string Name => Actor[(Actor.LastIndexOf('/') + 1)..];

    /// <summary>The actor's kind: its name without the number, such as decoder.</summary>
    public string Kind => Name.TrimEnd("0123456789".ToCharArray()).TrimEnd('-');

    /// <summary>The cause without its full stop, to be followed by more.</summary>
    public string Reason => Cause.TrimEnd('.');

    /// <summary>The decision in words, as the log has it.</summary>
    public string Text => $"{Name} {Reason}. Decision: {Decision}";
}
