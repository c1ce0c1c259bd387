using CACL.Learning.Losses;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.MocoV2;

/// <summary>
/// MoCo-v2 (Chen et al., "Improved Baselines with Momentum Contrastive Learning", 2020): one vector a frame, which is to be more similar
/// to that of the pair's other frame than to a queue of other frames' vectors.
/// </summary>
public sealed class MocoMethod : MomentumMethod
{
    private readonly MocoOptions _options;
    private readonly ViewEncoder _query;
    private readonly ViewEncoder _key;

    /// <summary>Creates the state at step 0.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public MocoMethod(MocoOptions options, Device device, Precision precision = Precision.Fp32, bool cudaGraph = false)
        : base(options, options.HeadSpecs, Words(options), device, precision, cudaGraph)
    {
        _options = options;
        _query = new ViewEncoder(Online, options.Padding, options.BatchNormSplits);
        _key = new ViewEncoder(Key, options.Padding, options.BatchNormSplits);
    }

    /// <inheritdoc/>
    private protected override StepFigures Compute(StepInputs inputs)
    {
        var statistics = KeepStatistics();
        UpdateKey(inputs);

        // The key network sees its views in an order of its own, so that batch statistics do not tell which belong together (shuffle-BN).
        Tensor key;
        using (no_grad()) key = Vectors(_key, inputs.ViewPlus, inputs.Places.Key(rolled: false), inputs.Exchange);
        var query = Vectors(_query, inputs.View, tables: null);

        var queue = Queues[_options.Projector.Name];
        var losses = new StepLosses();
        var (loss, top1) = GlobalLoss.Compute(query, key, queue.Rows, _options.Temperature);
        losses.Add(_options.Loss, loss);
        losses.Add(_options.Top1, top1);
        losses.Add(MetricSpec.FrameSpreadOf(_options.Projector.Name), Spread.OfVectors(query.detach()));
        inputs.Clock?.Ended(StepPart.Forward);

        var keys = FromAll(key);
        var figures = Descend(losses, inputs, statistics);
        queue.Enqueue(keys, figures.Finite);
        return figures;
    }

    private static string Words(MocoOptions options) => $"MoCo-v2 on a {options.Backbone} with a queue of {options.QueueSize} rows";

    // A frame's vector [B,128], of length 1.
    private Tensor Vectors(ViewEncoder encoder, Tensor views, Tensor? tables, BatchExchange? exchange = null)
    {
        using var scope = NewDisposeScope();
        return nn.functional.normalize(encoder.HeadOfMean(views, _options.Projector, tables, exchange), dim: 1)
            .MoveToOuterDisposeScope();
    }
}
