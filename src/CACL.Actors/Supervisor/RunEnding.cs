using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// How a run comes to its end: somebody asks for it, its data gives out, something fails, or all steps are done. Several of these may
/// happen; this says which of them is the outcome. The training is over before the run is, since evaluations may still be made.
/// </summary>
internal sealed class RunEnding
{
    private RunOutcome? _dataGaveOut;

    /// <summary>How the training ended, or null while it has not.</summary>
    public RunOutcome? Outcome { get; private set; }

    /// <summary>Why the run was asked to end, or null.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Whether the training is over, and nothing changes its outcome any more.</summary>
    public bool TrainingIsOver { get; private set; }

    /// <summary>Whether the outcome was told.</summary>
    public bool IsTold { get; private set; }

    /// <summary>Whether the finished training is to be evaluated: whoever asked it to stop does not want to wait for that.</summary>
    public bool IsEvaluated => Outcome?.End == RunEnd.Completed && StopReason is null;

    /// <summary>Somebody asks the run to end. The first reason counts.</summary>
    public void AskToStop(string reason) => StopReason ??= reason;

    /// <summary>The data cannot go on: what is trained so far is saved, then the run ends as failed. False: that was known.</summary>
    public bool DataGivesOut(string message, Fault? cause)
    {
        if (_dataGaveOut is not null) return false;
        _dataGaveOut = new RunOutcome(RunEnd.Failed, 0, null, message, cause);
        AskToStop(message);
        return true;
    }

    /// <summary>The training loop ended in order.</summary>
    public void LoopEnded(long step, bool allDone) => EndWith(
        Asked(step) is { End: RunEnd.Failed } failure ? failure
            : allDone ? new RunOutcome(RunEnd.Completed, step, null, "All steps are done.")
            : Asked(step) ?? new RunOutcome(RunEnd.Failed, step, null, "The stream of batches ended before the last step."));

    /// <summary>
    /// A roll-back would go on from a state that is on the disk. If the run was asked to end meanwhile, or its data gave out, it ends there
    /// instead. True: it does.
    /// </summary>
    public bool EndsInsteadOfRollingBack(long step)
    {
        if (Asked(step) is not { } asked) return false;
        EndWith(asked);
        return true;
    }

    /// <summary>Something failed for good. The first failure is the outcome. False: the training was over.</summary>
    public bool Fail(long step, string message, Fault? cause)
    {
        if (TrainingIsOver) return false;
        EndWith(new RunOutcome(RunEnd.Failed, step, null, message, cause));
        return true;
    }

    /// <summary>The training is over. False: it was.</summary>
    public bool EndTraining()
    {
        if (TrainingIsOver) return false;
        if (Outcome is null) throw new InvalidOperationException("The training is over and nothing says how it ended.");
        TrainingIsOver = true;
        return true;
    }

    /// <summary>The outcome to be told; null: it was told.</summary>
    public RunOutcome? Tell(string? checkpoint, int evaluationsLeft)
    {
        if (IsTold) return null;
        IsTold = true;
        return Outcome! with { Checkpoint = checkpoint, EvaluationsLeft = evaluationsLeft };
    }

    private void EndWith(RunOutcome outcome)
    {
        if (!TrainingIsOver && Outcome is not { End: RunEnd.Failed }) Outcome = outcome;
    }

    private RunOutcome? Asked(long step) => _dataGaveOut is not null ? _dataGaveOut with { Step = step }
        : StopReason is { } reason ? new RunOutcome(RunEnd.Stopped, step, null, reason)
        : null;
}
