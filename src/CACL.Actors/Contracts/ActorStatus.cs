namespace CACL.Actors.Contracts;

/// <summary>What an actor is doing.</summary>
public enum ActorState
{
    /// <summary>It is being created.</summary>
    Starting,

    /// <summary>It has nothing to do.</summary>
    Idle,

    /// <summary>It is working.</summary>
    Busy,

    /// <summary>It waits for data, or for its next attempt.</summary>
    Waiting,

    /// <summary>It is paused.</summary>
    Paused,

    /// <summary>It has stopped and will not be restarted.</summary>
    Stopped,
}

/// <summary>An actor of a run.</summary>
/// <param name="Path">Path, such as run/decoders-1/decoder-2.</param>
/// <param name="Kind">Kind of actor, such as decoder.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Restarts">How often it was restarted, or replaced after a failure.</param>
/// <param name="LastDecision">What its supervisor decided when it last failed, or null.</param>
/// <param name="Since">When it entered this state; for states that change many times a second, when it was started.</param>
public sealed record ActorStatus(string Path, string Kind, ActorState State, int Restarts, string? LastDecision, DateTimeOffset Since);
