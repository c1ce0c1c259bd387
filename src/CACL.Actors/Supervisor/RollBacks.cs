using CACL.Actors.Contracts;

namespace CACL.Actors.Supervisor;

/// <summary>
/// How often a run may go back to its last checkpoint after losses that are not finite, and what a roll-back must not forget: the steps to
/// leave out, and a checkpoint that somebody asks for while no training is there to make it.
/// </summary>
/// <param name="onNotFinite">What the settings want.</param>
/// <param name="most">Roll-backs of one run before it halts all the same.</param>
internal sealed class RollBacks(OnNotFinite onNotFinite, int most)
{
    private readonly SortedSet<long> _skipped = [];
    private bool _checkpointRequested;

    /// <summary>Trainings launched so far: the number in the name of the present one.</summary>
    public int Launches { get; private set; }

    /// <summary>Whether the loop is over and a roll-back may follow.</summary>
    public bool IsUnderway { get; private set; }

    /// <summary>Steps that are left out, in order.</summary>
    public IReadOnlyList<long> SkippedSteps => [.. _skipped];

    /// <summary>Steps that an earlier start left out.</summary>
    public void Resume(IEnumerable<long> skipped) => _skipped.UnionWith(skipped);

    /// <summary>A training is launched; its number.</summary>
    public int Launch() => ++Launches;

    /// <summary>Losses are not finite and the loop does not go on from them.</summary>
    public void Begin() => IsUnderway = onNotFinite == OnNotFinite.Rollback && Launches <= most;

    /// <summary>The run goes back, and leaves this step out when it comes again.</summary>
    public void LeaveOut(long step) => _skipped.Add(step);

    /// <summary>Somebody asks for a checkpoint.</summary>
    public void RequestCheckpoint() => _checkpointRequested |= IsUnderway;

    /// <summary>The next training is there. True: it is to make the checkpoint that was asked for meanwhile.</summary>
    public bool End()
    {
        IsUnderway = false;
        var requested = _checkpointRequested;
        _checkpointRequested = false;
        return requested;
    }
}
