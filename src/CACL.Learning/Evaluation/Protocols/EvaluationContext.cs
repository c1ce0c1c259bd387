using TorchSharp;

namespace CACL.Learning.Evaluation.Protocols;

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
