using CACL.Data.Wording;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>The linear protocol's settings (METHOD.md §8), including those that decide which images it sees, and in what size.</summary>
public sealed record LinearOptions
{
    /// <summary>Epochs [P].</summary>
    public int Epochs { get; init; } = 300;

    /// <summary>Learning rate at the start of the cosine [P].</summary>
    public double LearningRate { get; init; } = 0.6;

    /// <summary>Momentum of SGD [U].</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay [P].</summary>
    public double WeightDecay { get; init; }

    /// <summary>Images per step [U].</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Probability that an image is seen mirrored [U].</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>
    /// Whether the classifier is trained on features standardised to mean 0 and standard deviation 1 (per channel, over the unmirrored
    /// training images), and then expressed in terms of the raw features. This is a preconditioner: the same classifiers can be reached
    /// either way.
    /// </summary>
    public bool Standardise { get; init; }

    /// <summary>Longest side of an image, pixels; larger images are downscaled to it. 0: none is.</summary>
    public int ImageSize { get; init; }

    /// <summary>The section of the configuration that messages name.</summary>
    public string Section { get; init; } = SettingNames.LinearSection;
}
