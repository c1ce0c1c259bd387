namespace CACL.Actors.Contracts;

/// <summary>What an actor is doing.</summary>
public enum ActorState
{
    /// <summary>Being made.</summary>
    Starting,

    /// <summary>It has nothing to do.</summary>
    Idle,

    /// <summary>It works.</summary>
    Busy,

    /// <summary>It waits: for data, or for its next try.</summary>
    Waiting,

    /// <summary>It is held.</summary>
    Paused,

    /// <summary>It ended, and is not started again.</summary>
    Stopped,
}

/// <summary>An actor of a run.</summary>
/// <param name="Path">Such as run/decoders-1/decoder-2.</param>
/// <param name="Kind">Such as decoder.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Restarts">How often it was restarted, or replaced after a failure.</param>
/// <param name="LastDecision">What its supervisor decided when it last failed, or null.</param>
/// <param name="Since">When it came into this state; for what changes many times a second, when it was started.</param>
public sealed record ActorStatus(string Path, string Kind, ActorState State, int Restarts, string? LastDecision, DateTimeOffset Since);
