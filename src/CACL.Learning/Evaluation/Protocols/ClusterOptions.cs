namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Settings of the protocol by clusters.</summary>
public sealed record ClusterOptions
{
    /// <summary>Clusters k; 0: as many as there are classes.</summary>
    public int Clusters { get; init; }

    /// <summary>Starts of k-means, of which the one with the least inertia is kept.</summary>
    public int Starts { get; init; } = 10;

    /// <summary>Most iterations of a start.</summary>
    public int Iterations { get; init; } = 100;

    /// <summary>Most training pixels in which clusters are found.</summary>
    public int TrainingPixels { get; init; } = 131_072;

    /// <summary>Passes of mini-batch k-means over all pixels of the training images, if they are more than those.</summary>
    public int Passes { get; init; } = 1;

    /// <summary>Longest side of an image, pixels; larger images are downscaled to it. 0: none is.</summary>
    public int ImageSize { get; init; }
}
