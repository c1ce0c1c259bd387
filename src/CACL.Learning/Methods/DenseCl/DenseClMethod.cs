using CACL.Learning.Losses;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.DenseCl;

/// <summary>
/// DenseCL (Wang et al., "Dense Contrastive Learning for Self-Supervised Visual Pre-Training", CVPR 2021): MoCo-v2's loss of frames, and
/// the same loss of each position, which is to be more similar to the position of the pair's other frame that the backbone finds most
/// like it than to a queue of other frames' mean vectors.
/// </summary>
public sealed class DenseClMethod : MomentumMethod
{
    private readonly DenseClOptions _options;
    private readonly ScalarType _factors;
    private readonly ViewEncoder _query;
    private readonly ViewEncoder _key;

    /// <summary>Creates the state at step 0.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public DenseClMethod(DenseClOptions options, Device device, Precision precision = Precision.Fp32, bool cudaGraph = false)
        : base(options, options.HeadSpecs, Words(options), device, precision, cudaGraph)
    {
        _options = options;
        _factors = precision.Factors();
        _query = new ViewEncoder(Online, options.Padding, options.BatchNormSplits);
        _key = new ViewEncoder(Key, options.Padding, options.BatchNormSplits);
    }

    /// <inheritdoc/>
    private protected override StepFigures Compute(StepInputs inputs)
    {
        var statistics = KeepStatistics();
        UpdateKey(inputs);

        // The key network sees its views in an order of its own, so that batch statistics do not tell which belong together (shuffle-BN).
        Encoded key;
        using (no_grad()) key = Encode(_key, inputs.ViewPlus, inputs.Places.Key(rolled: false), inputs.Exchange);
        var query = Encode(_query, inputs.View, tables: null);

        var (queue, denseQueue) = (Queues[_options.GlobalProjector.Name], Queues[_options.DenseProjector.Name]);
        var losses = new StepLosses();
        var (global, top1) = GlobalLoss.Compute(query.Vector, key.Vector, queue.Rows, _options.Temperature);
        losses.Add(_options.LossGlobal, global);

        // It is the backbone that says which position is a position's positive; the dense head, which learns from that, has no say in it.
        var matches = Correspondence.ByFeatures(query.Features, key.Features);
        losses.Add(
            _options.LossDense,
            PixelLoss.Compute(query.Dense, key.Dense, matches, denseQueue.Rows, _options.Temperature, _factors));
        losses.Add(_options.Top1, top1);
        AddSpread(losses, query);
        inputs.Clock?.Ended(StepPart.Forward);

        var (vectors, means) = (FromAll(key.Vector), FromAll(key.Mean));
        var figures = Descend(losses, inputs, statistics);
        queue.Enqueue(vectors, figures.Finite);
        denseQueue.Enqueue(means, figures.Finite);
        return figures;
    }

    private static string Words(DenseClOptions options) => $"DenseCL on a {options.Backbone} with queues of "
        + $"{string.Join(", ", options.Queues.Select(queue => queue.Size).Distinct())} rows";

    private void AddSpread(StepLosses losses, Encoded query)
    {
        var (global, dense) = (_options.GlobalProjector.Name, _options.DenseProjector.Name);
        var (ofPixels, ofFrames) = Spread.Of([query.Dense.detach()])[0];
        losses.Add(MetricSpec.SpreadOf(dense), ofPixels);
        losses.Add(MetricSpec.FrameSpreadOf(global), Spread.OfVectors(query.Vector.detach()));
        losses.Add(MetricSpec.FrameSpreadOf(dense), ofFrames);
    }

    private Encoded Encode(ViewEncoder encoder, Tensor views, Tensor? tables, BatchExchange? exchange = null)
    {
        using var scope = NewDisposeScope();
        var batch = views.shape[0];
        var rows = encoder.Rows(views, tables, exchange);
        var vector = encoder.Head(ViewEncoder.Pooled(rows, batch), _options.GlobalProjector);
        var map = encoder.Head(rows, _options.DenseProjector).view(batch, -1, _options.DenseProjector.Output);
        return new Encoded(
            nn.functional.normalize(vector, dim: 1).MoveToOuterDisposeScope(),
            nn.functional.normalize(map, dim: 2).MoveToOuterDisposeScope(),
            nn.functional.normalize(map.detach().mean([1]), dim: 1).MoveToOuterDisposeScope(),
            rows.detach().to(map.dtype).view(batch, -1, rows.shape[1]).MoveToOuterDisposeScope());
    }

    // What a network gives for views: a frame's vector [B,128], its positions' [B,N,128] and their mean [B,128], all of length 1, and the
    // backbone's features [B,N,C]. The mean and the features have no gradient.
    private sealed record Encoded(Tensor Vector, Tensor Dense, Tensor Mean, Tensor Features);
}
