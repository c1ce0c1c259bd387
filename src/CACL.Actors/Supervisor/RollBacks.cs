using CACL.Actors.Contracts;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Counts how often a run rolls back to its last checkpoint after losses that are not finite, and remembers what a roll-back must not
/// forget: the steps to skip, and a checkpoint that is requested while no training runs that could make it.
/// </summary>
/// <param name="onNotFinite">The configured reaction to losses that are not finite.</param>
/// <param name="most">Maximum number of roll-backs before the run ends all the same.</param>
internal sealed class RollBacks(OnNotFinite onNotFinite, int most)
{
    private readonly SortedSet<long> _skipped = [];
    private bool _checkpointRequested;

    /// <summary>Number of trainings launched so far, which is part of the present one's name.</summary>
    public int Launches { get; private set; }

    /// <summary>Whether the loop has ended and a roll-back may follow.</summary>
    public bool IsUnderway { get; private set; }

    /// <summary>Steps to skip, in ascending order.</summary>
    public IReadOnlyList<long> SkippedSteps => [.. _skipped];

    /// <summary>Adds steps that an earlier start of the run skipped.</summary>
    public void Resume(IEnumerable<long> skipped) => _skipped.UnionWith(skipped);

    /// <summary>Counts a training that is launched, and returns its number.</summary>
    public int Launch() => ++Launches;

    /// <summary>Notes that losses are not finite and that the loop does not continue.</summary>
    public void Begin() => IsUnderway = onNotFinite == OnNotFinite.Rollback && Launches <= most;

    /// <summary>Adds a step to skip: the run rolls back and will come to it again.</summary>
    public void LeaveOut(long step) => _skipped.Add(step);

    /// <summary>Remembers a request for a checkpoint if a roll-back is under way.</summary>
    public void AskForCheckpoint() => _checkpointRequested |= IsUnderway;

    /// <summary>Ends the roll-back. Returns whether the new training is to make a checkpoint that was requested meanwhile.</summary>
    public bool End()
    {
        IsUnderway = false;
        var requested = _checkpointRequested;
        _checkpointRequested = false;
        return requested;
    }
}
