namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Settings of the protocol by k nearest neighbours.</summary>
public sealed record NeighbourOptions
{
    /// <summary>Neighbours k that vote on a pixel.</summary>
    public int Neighbours { get; init; } = 20;

    /// <summary>Temperature τ: a neighbour of cosine similarity s has a vote of exp(s/τ).</summary>
    public double Temperature { get; init; } = 0.07;

    /// <summary>Most training pixels among which neighbours are searched.</summary>
    public int TrainingPixels { get; init; } = 65_536;

    /// <summary>Longest side of an image, pixels; larger images are downscaled to it. 0: none is.</summary>
    public int ImageSize { get; init; }
}
