namespace CACL.Actors.Contracts;

/// <summary>Messages that a run's supervisor receives from outside.</summary>
internal static class RunProtocol
{
    /// <summary>Asks the run to finish the current step, save and end.</summary>
    /// <param name="Reason">A sentence for the log.</param>
    internal sealed record Stop(string Reason) : IRunMessage;

    /// <summary>Asks the run to finish the current step, save and end as failed, since it cannot go on.</summary>
    /// <param name="Reason">A sentence that says why.</param>
    internal sealed record GiveUp(string Reason) : IRunMessage;

    /// <summary>Asks the run to pause after the current step.</summary>
    internal sealed record Pause : IRunMessage;

    /// <summary>Revokes <see cref="Pause"/>.</summary>
    internal sealed record Resume : IRunMessage;

    /// <summary>Asks for a checkpoint after the current step. The supervisor passes this on to the trainer.</summary>
    internal sealed record RequestCheckpoint : IRunMessage;
}
