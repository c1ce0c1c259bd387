namespace CACL.Actors.Contracts;

/// <summary>What a run's supervisor is told from outside.</summary>
internal static class RunProtocol
{
    /// <summary>Finish the step that runs, save, end.</summary>
    /// <param name="Reason">A sentence for the log.</param>
    internal sealed record Stop(string Reason) : IRunMessage;

    /// <summary>Hold the training after the step that runs.</summary>
    internal sealed record Pause : IRunMessage;

    /// <summary>Take <see cref="Pause"/> back.</summary>
    internal sealed record Resume : IRunMessage;

    /// <summary>Copy the state after the step that runs, and write it. The supervisor passes it on to the trainer.</summary>
    internal sealed record RequestCheckpoint : IRunMessage;
}
