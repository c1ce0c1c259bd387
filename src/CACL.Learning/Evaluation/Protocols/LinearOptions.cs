namespace CACL.Learning.Evaluation.Protocols;

/// <summary>The linear protocol's settings (METHOD.md §8) and those that decide which images it sees, in what size.</summary>
public sealed record LinearOptions
{
    /// <summary>Epochs [P].</summary>
    public int Epochs { get; init; } = 300;

    /// <summary>Learning rate before the cosine [P].</summary>
    public double LearningRate { get; init; } = 0.6;

    /// <summary>Momentum of SGD [U].</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay [P].</summary>
    public double WeightDecay { get; init; }

    /// <summary>Images a step [U].</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Probability that an image is seen mirrored [U].</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>
    /// Whether the classifier is learnt on features of mean 0 and deviation 1 (per channel, over the training images as they are) and
    /// then written in terms of the features as they come. A preconditioner: the same classifiers can be reached either way.
    /// </summary>
    public bool Standardise { get; init; }

    /// <summary>Longest side of an image, pixels; larger ones are made smaller, 0: none is.</summary>
    public int ImageSize { get; init; }

    /// <summary>What messages call these settings.</summary>
    public string Section { get; init; } = "cacl.evaluation.linear";
}
