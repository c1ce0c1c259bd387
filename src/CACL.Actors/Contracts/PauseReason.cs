namespace CACL.Actors.Contracts;

/// <summary>Why a training is held. It goes on when none of these reasons is left.</summary>
[Flags]
public enum PauseReason
{
    /// <summary>It is not held.</summary>
    None = 0,

    /// <summary>A checkpoint cannot be written.</summary>
    Checkpoint = 1,

    /// <summary>Somebody asked for it.</summary>
    User = 2,
}
