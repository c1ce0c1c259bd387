namespace CACL.Node.Ending;

/// <summary>The meanings of the program's exit codes, which are the same for every verb.</summary>
internal static class ExitCodes
{
    /// <summary>Success.</summary>
    public const int Success = 0;

    /// <summary>Failure; a sentence on standard error says why, and what to do.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by somebody: Ctrl+C (SIGINT, 128 + 2), <c>cacl stop</c>, the API. A run has saved itself.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM: 128 + 15. A run has saved itself.</summary>
    public const int Terminated = 143;
}
