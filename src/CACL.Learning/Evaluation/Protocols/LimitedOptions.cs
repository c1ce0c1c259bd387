using CACL.Data.Wording;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>The limited-sample protocol's settings (METHOD.md §8).</summary>
public sealed record LimitedOptions
{
    /// <summary>Epochs [P].</summary>
    public int Epochs { get; init; } = 1000;

    /// <summary>Learning rate at the start of the cosine [P].</summary>
    public double LearningRate { get; init; } = 0.3;

    /// <summary>Momentum of SGD [U].</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay [U].</summary>
    public double WeightDecay { get; init; }

    /// <summary>Images per step [U]; fewer if there are not as many.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Side of a crop, pixels [U]; never larger than the batch's largest image.</summary>
    public int CropSize { get; init; } = 512;

    /// <summary>Smallest factor by which an image is resized before it is cropped [U].</summary>
    public double ScaleMin { get; init; } = 0.5;

    /// <summary>Largest factor by which an image is resized before it is cropped [U].</summary>
    public double ScaleMax { get; init; } = 2;

    /// <summary>Probability that a crop is mirrored [U].</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Longest side of an image, pixels; larger images are downscaled to it first. 0: none is.</summary>
    public int ImageSize { get; init; }

    /// <summary>The section of the configuration that messages name.</summary>
    public string Section { get; init; } = SettingNames.LimitedSection;
}
