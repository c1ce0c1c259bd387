namespace CACL.Actors.Contracts;

/// <summary>
/// Messages that the evaluator receives in addition to <see cref="LoopReport.Stepped"/> and <see cref="EvaluationDemand"/>, and those that
/// it sends.
/// </summary>
internal static class EvaluatorProtocol
{
    /// <summary>Reports that a checkpoint is on disk.</summary>
    /// <param name="Path">Its folder.</param>
    /// <param name="Step">Steps that the training had done by then.</param>
    /// <param name="EverySteps">Steps between two evaluations by the current live settings; 0: none by steps.</param>
    internal sealed record CheckpointSaved(string Path, long Step, long EverySteps) : IRunMessage;

    /// <summary>Asks for <see cref="EvaluationStatus"/>.</summary>
    internal sealed record GetStatus : IRunMessage;

    /// <summary>
    /// Reports that the training has ended. If it was completed, the evaluator works through its queue; otherwise the queue stays as it is.
    /// The parent receives <see cref="Idle"/>.
    /// </summary>
    internal sealed record TrainingOver(bool Completed, long Step, string? Checkpoint) : IRunMessage;

    /// <summary>Asks the evaluator to abandon what is not done. The parent receives <see cref="Idle"/>.</summary>
    internal sealed record Abandon : IRunMessage;

    /// <summary>Tells the parent, once the training is over, that no evaluation is running.</summary>
    /// <param name="Left">Evaluations that were not made and wait for the run to be resumed.</param>
    internal sealed record Idle(int Left) : IRunMessage;

    /// <summary>Tells the parent what the evaluator does from now on.</summary>
    /// <param name="State">Busy: an evaluation is running. Waiting: a failed one will be tried again.</param>
    internal sealed record Doing(ActorState State) : IRunMessage;
}
