namespace CACL.Node.Ending;

/// <summary>What the program's exit status means; the same for every verb.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It could not be done; one sentence on standard error says why and what to do.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by somebody: Ctrl+C (SIGINT, 128 + 2), <c>cacl stop</c>, the API. A run has saved itself.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM: 128 + 15. A run has saved itself.</summary>
    public const int Terminated = 143;
}
