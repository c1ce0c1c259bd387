namespace CACL.Actors.Contracts;

/// <summary>Why a training is paused. It continues once none of these reasons is left.</summary>
[Flags]
public enum PauseReason
{
    /// <summary>It is not paused.</summary>
    None = 0,

    /// <summary>A checkpoint cannot be written.</summary>
    Checkpoint = 1,

    /// <summary>A user asked for it.</summary>
    User = 2,
}
