using TorchSharp;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Where features of the frozen backbone are kept between epochs.</summary>
public enum FeatureStorage
{
    /// <summary>In memory as far as its bound allows, the rest on disk, what does not fit there is computed anew each time.</summary>
    Auto,

    /// <summary>In memory; what does not fit is computed anew each time.</summary>
    Memory,

    /// <summary>On disk; what does not fit is computed anew each time.</summary>
    Disk,
}

/// <summary>How frozen features are kept.</summary>
public sealed record FeatureOptions
{
    /// <summary>Where.</summary>
    public FeatureStorage Storage { get; init; }

    /// <summary>Most bytes of features and labels in memory, or on the device.</summary>
    public long MemoryBytes { get; init; } = 4L << 30;

    /// <summary>Most bytes on disk.</summary>
    public long DiskBytes { get; init; } = 64L << 30;

    /// <summary>Folder of the file; empty: the system's folder for temporary files.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Whether features are kept in half precision; they are computed, and used, in single precision.</summary>
    public bool Half { get; init; }
}

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

/// <summary>How images are tested that are too large for one pass.</summary>
/// <param name="Size">Longest side that goes through the network whole, and side of a tile: a multiple of 8.</param>
/// <param name="Overlap">Pixels that neighbouring tiles share at least.</param>
public sealed record TileOptions(int Size = 2048, int Overlap = 256);

/// <summary>How far an evaluation is.</summary>
/// <param name="Phase">features, training or testing.</param>
/// <param name="Done">Images or steps done in this phase.</param>
/// <param name="Total">Of so many.</param>
/// <param name="Loss">Mean loss of the last step, nats; null outside training.</param>
public sealed record EvaluationProgress(string Phase, long Done, long Total, double? Loss = null);

/// <summary>What a protocol needs beside its settings.</summary>
public sealed record EvaluationContext
{
    /// <summary>Decides classifier, order and flips.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Device of the computation.</summary>
    public required torch.Device Device { get; init; }

    /// <summary>Threads beside those of the tensor library, at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>Called now and then with how far it is; on the calling thread.</summary>
    public Action<EvaluationProgress> Progress { get; init; } = _ => { };

    /// <summary>Called with sentences for the log.</summary>
    public Action<string> Note { get; init; } = _ => { };

    /// <summary>Ends the evaluation between two images.</summary>
    public CancellationToken Cancel { get; init; }
}

/// <summary>An evaluation cannot go on. The message is a sentence that names the setting or the file and a remedy.</summary>
public sealed class EvaluationException : Exception
{
    /// <summary>A fault in these words.</summary>
    public EvaluationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
