using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// One try at an evaluation. Two tries are never equal, not even two of the same request: the late end of one is not taken for the end of
/// another.
/// </summary>
internal sealed class EvaluationAttempt(EvaluationRequest request, int number)
{
    /// <summary>What is evaluated.</summary>
    public EvaluationRequest Request => request;

    /// <summary>Which try at it this is, counted from 1.</summary>
    public int Number => number;

    /// <summary>Why it was told to end, or null.</summary>
    public string? Ending { get; set; }
}

/// <summary>What follows from the end of an attempt.</summary>
internal enum AttemptEnd
{
    /// <summary>The evaluation is made.</summary>
    Done,

    /// <summary>It failed and is tried again after a while.</summary>
    TriedAgain,

    /// <summary>It failed too often.</summary>
    GivenUp,

    /// <summary>It ended since the run ends, and is left to the run's resumption.</summary>
    PutBack,
}
