using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// The one evaluation that is being made, from its first try to its last. One that does not end when told to is set aside as stuck: no
/// other begins beside it, since they would share the machine with the training.
/// <code>
/// begins ──▶ runs ──▶ ends: done, given up, or put back since the run ends
///             ▲  │ └─ fails ──▶ waits for its next try ─┐
///             └──┼──────────────────────────────────────┘
///                └─ told to end, and does not ──▶ stuck ──▶ ends late
/// </code>
/// </summary>
/// <param name="most">Tries at one evaluation before it is given up.</param>
internal sealed class EvaluationUnderway(int most)
{
    /// <summary>The present try, or the last one while the next is waited for; null: no evaluation is being made.</summary>
    public EvaluationAttempt? Current { get; private set; }

    /// <summary>Whether the next try at the current evaluation is waited for, so that nothing runs.</summary>
    public bool AwaitsNextTry { get; private set; }

    /// <summary>The try that was set aside and has not ended yet, or null.</summary>
    public EvaluationAttempt? Stuck { get; private set; }

    /// <summary>Whether the run ends, so that no evaluation begins any more.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Whether an evaluation may begin.</summary>
    public bool MayBegin => Current is null && Stuck is null && !IsLeaving;

    /// <summary>Requests whose checkpoints are in use.</summary>
    public IEnumerable<EvaluationRequest> InUse => new[] { Current, Stuck }.OfType<EvaluationAttempt>().Select(a => a.Request);

    private bool Runs => Current is not null && !AwaitsNextTry;

    /// <summary>The first try at an evaluation begins.</summary>
    public EvaluationAttempt Begin(EvaluationRequest request)
    {
        if (!MayBegin) throw new InvalidOperationException($"The evaluation of step {request.Step} on {request.Target} may not begin now.");
        return Current = new EvaluationAttempt(request, 1);
    }

    /// <summary>The next try at the current evaluation begins.</summary>
    public EvaluationAttempt BeginAgain()
    {
        if (!AwaitsNextTry) throw new InvalidOperationException("No evaluation waits for its next try.");
        AwaitsNextTry = false;
        return Current = new EvaluationAttempt(Current!.Request, Current.Number + 1);
    }

    /// <summary>Has the present try told to end.</summary>
    /// <param name="why">What it failed of, unless it ends well all the same; null: the run ends.</param>
    /// <returns>Whether one runs.</returns>
    public bool TellToEnd(string? why = null)
    {
        if (!Runs) return false;
        Current!.Ending = why ?? Current.Ending;
        return true;
    }

    /// <summary>The present try does not end though told to: it is not waited for any more.</summary>
    /// <returns>The one that is stuck from now on; null: none runs.</returns>
    public EvaluationAttempt? SetAside()
    {
        if (!Runs) return null;
        (Stuck, Current) = (Current, null);
        return Stuck;
    }

    /// <summary>A try ended that may be the stuck one.</summary>
    /// <returns>Whether it was, so that another may begin.</returns>
    public bool EndLate(EvaluationAttempt attempt)
    {
        if (attempt != Stuck) return false;
        Stuck = null;
        return true;
    }

    /// <summary>The present try ended.</summary>
    /// <param name="succeeded">Whether there is a result: it counts even if the try was told to end.</param>
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

    /// <summary>The run ends: no try begins any more. One that runs is still to be told to end.</summary>
    /// <returns>The request whose next try was waited for and does not come; it is to be put back. Null: there is none.</returns>
    public EvaluationRequest? Leave()
    {
        IsLeaving = true;
        if (!AwaitsNextTry) return null;
        var request = Current!.Request;
        (Current, AwaitsNextTry) = (null, false);
        return request;
    }
}
