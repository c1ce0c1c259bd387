using CACL.Runs.Evaluations;

namespace CACL.Actors.Contracts;

/// <summary>A request to evaluate the present state of the training. Parameters that are null take their configured values.</summary>
/// <param name="DataSet">Name of a configured data set; null: all of them.</param>
/// <param name="Protocol">One of <see cref="EvaluationProtocols.All"/>.</param>
/// <param name="Variant">full or quick.</param>
public sealed record EvaluationDemand(string? DataSet = null, string? Protocol = null, string? Variant = null) : IRunMessage;

/// <summary>The answer to an <see cref="EvaluationDemand"/>.</summary>
/// <param name="Queued">Evaluations that were queued; each runs on the checkpoint that the training makes for it.</param>
/// <param name="Replaced">Evaluations that were waiting and have been replaced by a newer request for the same thing.</param>
/// <param name="DataSets">Names of the configured data sets. If nothing was queued, an empty list means that none is configured; otherwise
/// the requested one is unknown.</param>
public sealed record EvaluationAnswer(
    IReadOnlyList<EvaluationTarget> Queued, IReadOnlyList<EvaluationRequest> Replaced, IReadOnlyList<string> DataSets)
    : IRunMessage;

/// <summary>State of a run's evaluations.</summary>
/// <param name="Underway">The evaluations that are running, on workers first.</param>
/// <param name="Waiting">The waiting evaluations, in order.</param>
public sealed record EvaluationStatus(IReadOnlyList<RunningEvaluation> Underway, IReadOnlyList<EvaluationRequest> Waiting) : IRunMessage
{
    /// <summary>The state of a run without configured evaluations.</summary>
    public static EvaluationStatus None { get; } = new([], []);

    /// <summary>Number of workers on other machines that evaluate for the run.</summary>
    public int Workers { get; init; }

    /// <summary>The first evaluation that is running, or null.</summary>
    public EvaluationRequest? Running => Underway is [var first, ..] ? first.Request : null;
}

/// <summary>An evaluation that is running.</summary>
/// <param name="Request">The evaluation.</param>
/// <param name="Worker">The worker on another machine that makes it; null: this machine.</param>
public sealed record RunningEvaluation(EvaluationRequest Request, string? Worker);
