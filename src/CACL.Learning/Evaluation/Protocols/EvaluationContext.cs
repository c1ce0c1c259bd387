using TorchSharp;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>How images that are too large for one pass are tested.</summary>
/// <param name="Size">Longest side that goes through the network whole, and the side of a tile: a multiple of 8.</param>
/// <param name="Overlap">Least number of pixels that neighbouring tiles share.</param>
public sealed record TileOptions(int Size = 2048, int Overlap = 256);

/// <summary>Progress of an evaluation.</summary>
/// <param name="Phase">features, training or testing.</param>
/// <param name="Done">Images or steps done in this phase.</param>
/// <param name="Total">The number of images or steps in this phase.</param>
/// <param name="Loss">Mean loss of the last step, nats; null outside training.</param>
public sealed record EvaluationProgress(string Phase, long Done, long Total, double? Loss = null);

/// <summary>What a protocol needs besides its settings.</summary>
public sealed record EvaluationContext
{
    /// <summary>Seed of the classifier, the order of images and the flips.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Device of the computation.</summary>
    public required torch.Device Device { get; init; }

    /// <summary>Threads in addition to those of the tensor library, at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>Receives the progress now and then, on the calling thread.</summary>
    public Action<EvaluationProgress> Progress { get; init; } = _ => { };

    /// <summary>Receives sentences for the log.</summary>
    public Action<string> Note { get; init; } = _ => { };

    /// <summary>Cancels the evaluation between two images.</summary>
    public CancellationToken Cancel { get; init; }
}
