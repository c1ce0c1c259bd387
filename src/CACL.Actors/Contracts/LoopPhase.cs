namespace CACL.Actors.Contracts;

/// <summary>What the training loop's thread is doing.</summary>
public enum LoopPhase
{
    /// <summary>It builds or restores the state.</summary>
    Starting,

    /// <summary>It waits for a batch.</summary>
    WaitingForData,

    /// <summary>It computes a step.</summary>
    InStep,

    /// <summary>It takes a snapshot of the state for a checkpoint.</summary>
    Copying,

    /// <summary>It is paused by the user, or until a checkpoint can be written.</summary>
    Paused,

    /// <summary>It has ended.</summary>
    Ended,
}
