namespace CACL.Node.Ending;

/// <summary>A signal ended the verb; the message says what became of its work.</summary>
internal sealed class StoppedException(string message, int exitCode) : OperationCanceledException(message)
{
    /// <summary>The program's exit code: 128 and the signal's number.</summary>
    public int ExitCode { get; } = exitCode;
}
