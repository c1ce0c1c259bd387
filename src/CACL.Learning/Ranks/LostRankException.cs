namespace CACL.Learning.Ranks;

/// <summary>
/// The ranks of a training can no longer go on together: one is gone, one did not come in time, or they have drifted apart. The message
/// names the rank, or what was waited for, and is a sentence for people.
/// </summary>
public sealed class LostRankException : Exception
{
    /// <summary>Whether the ranks have drifted apart, so that no state since the last comparison can be trusted.</summary>
    public bool IsDrift { get; init; }

    /// <summary>Creates the exception.</summary>
    public LostRankException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public LostRankException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
