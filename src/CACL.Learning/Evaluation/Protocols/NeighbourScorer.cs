using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Scores by the weighted vote of the k most similar training pixels (Wu et al., InstDisc, 2018; Caron et al., DINO, 2021): of each class
/// its share of the votes exp(s/τ), s the cosine similarity.
/// </summary>
internal sealed class NeighbourScorer : IPixelScorer
{
    // Similarities held at once: 64 MiB of them, whatever the sizes of map and sample.
    private const long MostSimilarities = 1L << 24;

    private readonly PixelSample _sample;
    private readonly Tensor _classes;
    private readonly int _neighbours;
    private readonly double _temperature;

    /// <summary>Creates a scorer.</summary>
    /// <param name="sample">The training pixels, with their classes; becomes this object's.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="options">Neighbours and temperature.</param>
    public NeighbourScorer(PixelSample sample, int classes, NeighbourOptions options)
    {
        using var scope = NewDisposeScope();
        _sample = sample;
        _neighbours = Math.Min(options.Neighbours, sample.Count);
        _temperature = options.Temperature;
        var numbers = tensor(sample.Classes!, [sample.Count], uint8).to(int64);
        _classes = nn.functional.one_hot(numbers, classes).to(float32).to(sample.Rows.device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Scores(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (batch, channels, height, width) = (features.shape[0], features.shape[1], features.shape[2], features.shape[3]);
        var rows = PixelSample.Normalised(features.permute(0, 2, 3, 1).reshape(-1, channels));
        var scores = empty([rows.shape[0], _classes.shape[1]], float32, rows.device);
        var block = Math.Max(1, MostSimilarities / _sample.Count);
        for (var first = 0L; first < rows.shape[0]; first += block)
        {
            using var inner = NewDisposeScope();
            var some = rows.narrow(0, first, Math.Min(block, rows.shape[0] - first));
            var (similarities, places) = some.mm(_sample.Rows.t()).topk(_neighbours, dim: 1);
            var votes = nn.functional.softmax(similarities.div_(_temperature), dim: 1);
            // A product rather than a scattered sum, whose order of additions a GPU does not keep.
            var classes = _classes.index_select(0, places.flatten()).view(some.shape[0], _neighbours, -1);
            scores.narrow(0, first, some.shape[0]).copy_(votes.unsqueeze(1).bmm(classes).squeeze(1));
        }

        return scores.view(batch, height, width, -1).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sample.Dispose();
        _classes.Dispose();
    }
}
