using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Tracks the one evaluation in progress on this machine, from its first attempt to its last. An attempt that does not end when cancelled
/// is set aside as stuck, and no other begins meanwhile, since both would share the machine with the training.
/// <code>
/// begins ──▶ runs ──▶ ends: done, given up, or put back since the run ends
///             ▲  │ └─ fails ──▶ waits for its next try ─┐
///             └──┼──────────────────────────────────────┘
///                └─ told to end, and does not ──▶ stuck ──▶ ends late
/// </code>
/// </summary>
/// <param name="most">Attempts at one evaluation before it is given up.</param>
internal sealed class EvaluationUnderway(int most)
{
    /// <summary>The current attempt, or the previous one during a back-off; null if no evaluation is in progress.</summary>
    public EvaluationAttempt? Current { get; private set; }

    /// <summary>Whether the current evaluation is in its back-off, so that nothing runs.</summary>
    public bool AwaitsNextTry { get; private set; }

    /// <summary>The stuck attempt that has not ended yet, or null.</summary>
    public EvaluationAttempt? Stuck { get; private set; }

    /// <summary>Whether the run is ending, so that no further evaluation begins.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Whether an evaluation may begin.</summary>
    public bool MayBegin => Current is null && Stuck is null && !IsLeaving;

    /// <summary>Requests whose checkpoints are in use.</summary>
    public IEnumerable<EvaluationRequest> InUse => new[] { Current, Stuck }.OfType<EvaluationAttempt>().Select(a => a.Request);

    private bool Runs => Current is not null && !AwaitsNextTry;

    /// <summary>Begins the first attempt at an evaluation.</summary>
    /// <param name="request">The evaluation.</param>
    /// <param name="elsewhere">How often workers on other machines tried it before.</param>
    public EvaluationAttempt Begin(EvaluationRequest request, int elsewhere = 0)
    {
        if (!MayBegin) throw new InvalidOperationException($"The evaluation of step {request.Step} on {request.Target} may not begin now.");
        return Current = new EvaluationAttempt(request, 1, elsewhere);
    }

    /// <summary>Begins the next attempt at the current evaluation.</summary>
    public EvaluationAttempt BeginAgain()
    {
        if (!AwaitsNextTry) throw new InvalidOperationException("No evaluation waits for its next try.");
        AwaitsNextTry = false;
        return Current = new EvaluationAttempt(Current!.Request, Current.Number + 1, Current.Elsewhere);
    }

    /// <summary>Notes that the current attempt is cancelled.</summary>
    /// <param name="why">The failure to record, unless it succeeds nevertheless; null if the run is ending.</param>
    /// <returns>Whether an attempt is running.</returns>
    public bool TellToEnd(string? why = null)
    {
        if (!Runs) return false;
        Current!.Ending = why ?? Current.Ending;
        return true;
    }

    /// <summary>Sets the current attempt aside as stuck, because it did not end when cancelled.</summary>
    /// <returns>The stuck attempt, or null if none was running.</returns>
    public EvaluationAttempt? SetAside()
    {
        if (!Runs) return null;
        (Stuck, Current) = (Current, null);
        return Stuck;
    }

    /// <summary>Notes that an attempt ended, which may be the stuck one.</summary>
    /// <returns>Whether it was the stuck one, so that another may begin.</returns>
    public bool EndLate(EvaluationAttempt attempt)
    {
        if (attempt != Stuck) return false;
        Stuck = null;
        return true;
    }

    /// <summary>Notes that the current attempt ended, and returns the consequence.</summary>
    /// <param name="succeeded">Whether there is a result, which counts even if the attempt was cancelled.</param>
    public AttemptEnd End(bool succeeded)
    {
        if (!Runs) throw new InvalidOperationException("An evaluation ended that had not begun.");
        var end = succeeded ? AttemptEnd.Done
            : IsLeaving ? AttemptEnd.PutBack
            : Current!.Number >= most ? AttemptEnd.GivenUp
            : AttemptEnd.TriedAgain;
        if (end == AttemptEnd.TriedAgain) AwaitsNextTry = true;
        else Current = null;
        return end;
    }

    /// <summary>Notes that the run is ending: no attempt begins any more. A running one still has to be cancelled.</summary>
    /// <returns>The request that was in its back-off and must be put back, or null.</returns>
    public EvaluationRequest? Leave()
    {
        IsLeaving = true;
        if (!AwaitsNextTry) return null;
        var request = Current!.Request;
        (Current, AwaitsNextTry) = (null, false);
        return request;
    }
}
