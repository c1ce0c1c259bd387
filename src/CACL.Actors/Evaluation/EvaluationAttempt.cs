using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// One attempt at an evaluation. Two attempts are never equal, even for the same request, so that the late end of one is not mistaken for
/// the end of another.
/// </summary>
internal sealed class EvaluationAttempt(EvaluationRequest request, int number, int elsewhere = 0)
{
    /// <summary>The request being evaluated.</summary>
    public EvaluationRequest Request => request;

    /// <summary>The number of this attempt, counted from 1, among those on this machine.</summary>
    public int Number => number;

    /// <summary>How often workers on other machines tried it before.</summary>
    public int Elsewhere => elsewhere;

    /// <summary>How often it was tried, this time included.</summary>
    public int Tries => Elsewhere + Number;

    /// <summary>Why it was cancelled, or null.</summary>
    public string? Ending { get; set; }
}

/// <summary>The consequence of an attempt's end.</summary>
internal enum AttemptEnd
{
    /// <summary>The evaluation succeeded.</summary>
    Done,

    /// <summary>It failed and will be retried after a back-off.</summary>
    TriedAgain,

    /// <summary>It failed too often.</summary>
    GivenUp,

    /// <summary>It ended because the run ends, and is left for the resumed run.</summary>
    PutBack,
}
