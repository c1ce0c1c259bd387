namespace CACL.Actors.Contracts;

/// <summary>What the training loop's thread is doing.</summary>
public enum LoopPhase
{
    /// <summary>Building or restoring the state.</summary>
    Starting,

    /// <summary>Waiting for a batch.</summary>
    WaitingForData,

    /// <summary>Computing a step.</summary>
    InStep,

    /// <summary>Copying the state for a checkpoint.</summary>
    Copying,

    /// <summary>Held: by the user, or until a checkpoint could be written.</summary>
    Paused,

    /// <summary>Over.</summary>
    Ended,
}
