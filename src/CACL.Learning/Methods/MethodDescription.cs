using CACL.Learning.Weights;

namespace CACL.Learning.Methods;

/// <summary>
/// What the rest of the program needs to know of a method before a tensor exists: what it reports, what can be changed, what it saves.
/// Plain data.
/// </summary>
public sealed record MethodDescription
{
    /// <summary>What a checkpoint of it must agree in.</summary>
    public required CheckpointArchitecture Architecture { get; init; }

    /// <summary>Which file of a checkpoint holds what.</summary>
    public required IReadOnlyList<CheckpointFile> CheckpointFiles { get; init; }

    /// <summary>Names of the heads that are on, in the method's order.</summary>
    public required IReadOnlyList<string> Heads { get; init; }

    /// <summary>Every metric that the method knows, in the order of metrics.jsonl; a run reports those whose head is on.</summary>
    public required IReadOnlyList<MetricSpec> Metrics { get; init; }

    /// <summary>What each of the method's losses counts at the start.</summary>
    public required LossWeights LossWeights { get; init; }

    /// <summary>The queues of negatives that are in use.</summary>
    public IReadOnlyList<QueueSpec> Queues { get; init; } = [];

    /// <summary>The losses' chance level; null: they have none.</summary>
    public ChanceLevel? Chance => Metrics.FirstOrDefault(metric => metric is { Kind: MetricKind.Loss, Chance: not null })?.Chance;
}
