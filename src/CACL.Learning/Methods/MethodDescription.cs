using CACL.Learning.Weights;

namespace CACL.Learning.Methods;

/// <summary>
/// What the rest of the program needs to know about a method before a tensor exists: what it reports, what can be changed, what it saves.
/// Plain data.
/// </summary>
public sealed record MethodDescription
{
    /// <summary>The method's word in settings: cacl, moco-v2 and so on.</summary>
    public string Word { get; init; } = "cacl";

    /// <summary>The architecture that a checkpoint must have for the method to continue from it.</summary>
    public required CheckpointArchitecture Architecture { get; init; }

    /// <summary>The files of a checkpoint, and what each contains.</summary>
    public required IReadOnlyList<CheckpointFile> CheckpointFiles { get; init; }

    /// <summary>Names of the heads that are on, in the method's order.</summary>
    public required IReadOnlyList<string> Heads { get; init; }

    /// <summary>All metrics of the method, in the order of metrics.jsonl; a run reports those of the heads that are on.</summary>
    public required IReadOnlyList<MetricSpec> Metrics { get; init; }

    /// <summary>The initial weight of each loss.</summary>
    public required LossWeights LossWeights { get; init; }

    /// <summary>The queues of negatives that are in use.</summary>
    public IReadOnlyList<QueueSpec> Queues { get; init; } = [];

    /// <summary>What the collapse of a head means and what helps, for the heads that are on.</summary>
    public IReadOnlyList<CollapseAdvice> OnCollapse { get; init; } = [];

    /// <summary>The chance level of the losses that are on; null if they have none, or not all the same.</summary>
    public ChanceLevel? Chance => Metrics
        .Where(metric => metric is { Kind: MetricKind.Loss, Chance: not null } && Heads.Contains(metric.Head))
        .Select(metric => metric.Chance)
        .Distinct()
        .ToList() is [var only] ? only : null;
}
