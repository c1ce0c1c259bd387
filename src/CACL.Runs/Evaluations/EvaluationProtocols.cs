namespace CACL.Runs.Evaluations;

/// <summary>The names of protocols and variants.</summary>
public static class EvaluationProtocols
{
    /// <summary>A linear classifier on frozen features.</summary>
    public const string Linear = "linear";

    /// <summary>The whole network, trained on few labels.</summary>
    public const string Limited = "limited";

    /// <summary>Clusters of frozen features, found without labels.</summary>
    public const string Clusters = "clusters";

    /// <summary>A vote of the nearest training pixels by frozen features.</summary>
    public const string Neighbours = "knn";

    /// <summary>The names of all protocols.</summary>
    public static IReadOnlyList<string> All { get; } = [Linear, Limited, Clusters, Neighbours];

    /// <summary>The whole protocol: the paper's, where it has one.</summary>
    public const string Full = "full";

    /// <summary>A shorter protocol, for use during training.</summary>
    public const string Quick = "quick";

    /// <summary>Share of the labelled images that the limited protocol uses unless told otherwise.</summary>
    public const double DefaultFraction = 0.01;
}
