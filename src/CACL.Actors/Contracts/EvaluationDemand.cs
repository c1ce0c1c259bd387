using CACL.Runs.Evaluations;

namespace CACL.Actors.Contracts;

/// <summary>Somebody's wish for an evaluation of the state that the training is in. What is null is as configured.</summary>
/// <param name="DataSet">Name of a configured data set; null: all of them.</param>
/// <param name="Protocol">linear or limited.</param>
/// <param name="Variant">full or quick.</param>
public sealed record EvaluationDemand(string? DataSet = null, string? Protocol = null, string? Variant = null) : IRunMessage;

/// <summary>What became of a wish.</summary>
/// <param name="Queued">What will be evaluated, at the checkpoint that the training makes for it.</param>
/// <param name="Replaced">What waited and is not evaluated any more, since the same thing was asked for anew.</param>
/// <param name="DataSets">Names of the configured data sets. Nothing queued and none of these: nothing is configured; nothing queued: the
/// one asked for is unknown.</param>
public sealed record EvaluationAnswer(
    IReadOnlyList<EvaluationTarget> Queued, IReadOnlyList<EvaluationRequest> Replaced, IReadOnlyList<string> DataSets)
    : IRunMessage;

/// <summary>How the evaluations of a run stand.</summary>
/// <param name="Running">The one being made, or null.</param>
/// <param name="Waiting">Those that wait, in their order.</param>
public sealed record EvaluationStatus(EvaluationRequest? Running, IReadOnlyList<EvaluationRequest> Waiting) : IRunMessage
{
    /// <summary>Where no evaluations are configured.</summary>
    public static EvaluationStatus None { get; } = new(null, []);
}
