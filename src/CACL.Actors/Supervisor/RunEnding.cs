using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Decides how a run ends: somebody asks for it, its data gives out, something fails, or all steps are done. Several of these may happen;
/// this class decides which of them is the outcome. The training ends before the run does, since evaluations may still be running.
/// </summary>
internal sealed class RunEnding
{
    private RunOutcome? _dataGaveOut;

    /// <summary>How the training ended, or null while it has not.</summary>
    public RunOutcome? Outcome { get; private set; }

    /// <summary>Why the run was asked to end, or null.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Whether the training is over and its outcome final.</summary>
    public bool TrainingIsOver { get; private set; }

    /// <summary>Whether the outcome was reported.</summary>
    public bool IsTold { get; private set; }

    /// <summary>Whether the finished training is evaluated; whoever asked it to stop does not want to wait for that.</summary>
    public bool IsEvaluated => Outcome?.End == RunEnd.Completed && StopReason is null;

    /// <summary>Notes a request to end the run. The first reason counts.</summary>
    public void AskToStop(string reason) => StopReason ??= reason;

    /// <summary>Notes that the data gave out: the state is saved, then the run ends as failed. Returns false if this was known.</summary>
    public bool DataGivesOut(string message, Fault? cause)
    {
        if (_dataGaveOut is not null) return false;
        _dataGaveOut = new RunOutcome(RunEnd.Failed, 0, null, message, cause);
        AskToStop(message);
        return true;
    }

    /// <summary>Notes that the training loop ended normally.</summary>
    public void LoopEnded(long step, bool allDone) => EndWith(
        Asked(step) is { End: RunEnd.Failed } failure ? failure
            : allDone ? new RunOutcome(RunEnd.Completed, step, null, "All steps are done.")
            : Asked(step) ?? new RunOutcome(RunEnd.Failed, step, null, "The stream of batches ended before the last step."));

    /// <summary>
    /// Decides whether the run ends at a checkpoint instead of rolling back to it: it does if it was asked to end meanwhile, or if its data
    /// gave out. Returns whether it ends.
    /// </summary>
    public bool EndsInsteadOfRollingBack(long step)
    {
        if (Asked(step) is not { } asked) return false;
        EndWith(asked);
        return true;
    }

    /// <summary>Notes a failure that ends the run. The first failure is the outcome. Returns false if the training was over.</summary>
    public bool Fail(long step, string message, Fault? cause)
    {
        if (TrainingIsOver) return false;
        EndWith(new RunOutcome(RunEnd.Failed, step, null, message, cause));
        return true;
    }

    /// <summary>Ends the training. Returns false if it had ended.</summary>
    public bool EndTraining()
    {
        if (TrainingIsOver) return false;
        if (Outcome is null) throw new InvalidOperationException("The training is over and nothing says how it ended.");
        TrainingIsOver = true;
        return true;
    }

    /// <summary>Returns the outcome to report, or null if it was reported.</summary>
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
