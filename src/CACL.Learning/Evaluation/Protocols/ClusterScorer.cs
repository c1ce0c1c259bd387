using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Scores by how near a pixel's vector x of length 1 is to the clusters' centres c, 2·x·c − |c|²; clusters stand for classes. The score is
/// linear in x, so that the cluster of the highest upsampled score is the one nearest to the upsampled vector.
/// </summary>
internal sealed class ClusterScorer : IPixelScorer
{
    private readonly LinearScorer _linear;

    /// <summary>Creates a scorer.</summary>
    /// <param name="centres">clusters × channels, row-major.</param>
    /// <param name="clusters">Number of clusters.</param>
    /// <param name="device">The backbone's device.</param>
    public ClusterScorer(float[] centres, int clusters, Device device)
    {
        var channels = centres.Length / clusters;
        var lengths = Enumerable.Range(0, clusters)
            .Select(k => -centres.AsSpan(k * channels, channels).ToArray().Sum(value => (double)value * value));
        _linear = new LinearScorer([.. centres.Select(value => 2 * value)], [.. lengths.Select(value => (float)value)], device);
    }

    /// <inheritdoc/>
    public Tensor Scores(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return _linear.Scores(nn.functional.normalize(features, p: 2, dim: 1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _linear.Dispose();
}
