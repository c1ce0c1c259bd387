namespace CACL.Actors.Contracts;

/// <summary>What the evaluator is told beside <see cref="LoopReport.Stepped"/> and <see cref="EvaluationDemand"/>, and its words.</summary>
internal static class EvaluatorProtocol
{
    /// <summary>A checkpoint is on disk.</summary>
    /// <param name="Path">Its folder.</param>
    /// <param name="Step">Steps behind it.</param>
    /// <param name="EverySteps">Steps between two evaluations, as the live settings have it now; 0: none by steps.</param>
    internal sealed record CheckpointSaved(string Path, long Step, long EverySteps) : IRunMessage;

    /// <summary>Asks for <see cref="EvaluationStatus"/>.</summary>
    internal sealed record GetStatus : IRunMessage;

    /// <summary>
    /// The training has ended. Completed: what waits is worked off. Otherwise it is left as it is. Answered to the parent by
    /// <see cref="Idle"/>.
    /// </summary>
    internal sealed record TrainingOver(bool Completed, long Step, string? Checkpoint) : IRunMessage;

    /// <summary>Leave what is not done; answered to the parent by <see cref="Idle"/>.</summary>
    internal sealed record Abandon : IRunMessage;

    /// <summary>To the parent, once the training is over: nothing runs any more.</summary>
    /// <param name="Left">Evaluations that were not made and wait for the run to be resumed.</param>
    internal sealed record Idle(int Left) : IRunMessage;

    /// <summary>To the parent: what it does from now on.</summary>
    /// <param name="State">Busy: an evaluation is being made. Waiting: one is tried again in a while.</param>
    internal sealed record Doing(ActorState State) : IRunMessage;
}
