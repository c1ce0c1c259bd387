using CACL.Learning.Augmentation;
using CACL.Learning.Losses;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.PixPro;

/// <summary>
/// PixPro (Xie et al., "Propagate Yourself: Exploring Pixel-Level Consistency for Unsupervised Visual Representation Learning", CVPR 2021):
/// positions of two crops that lie near each other in the frame are to agree, one of them after it has taken in what is similar in its own
/// crop. There are no negatives, and no instance branch, whose published weight is 0.
/// </summary>
public sealed class PixProMethod : MomentumMethod
{
    private readonly PixProOptions _options;
    private readonly ViewEncoder _query;
    private readonly ViewEncoder _key;

    /// <summary>Creates the state at step 0.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public PixProMethod(PixProOptions options, Device device, Precision precision = Precision.Fp32, bool cudaGraph = false)
        : base(options, options.KeyHeadSpecs, Words(options), device, precision, cudaGraph)
    {
        _options = options;
        // Both views go through a network at once, each with groups of batch statistics of its own.
        _query = new ViewEncoder(Online, options.Padding, 2 * options.BatchNormSplits);
        _key = new ViewEncoder(Key, options.Padding, 2 * options.BatchNormSplits);
    }

    /// <inheritdoc/>
    private protected override StepFigures Compute(StepInputs inputs)
    {
        var boxes = BoxesOf(inputs);
        var statistics = KeepStatistics();
        UpdateKey(inputs);

        var views = cat([inputs.View, inputs.ViewPlus]);
        Tensor target;
        using (no_grad()) target = Unit(Projected(_key, views));
        var projected = Projected(_query, views);
        var (x, g) = (Unit(projected), Unit(Transformed(projected)));

        var map = (Rows: inputs.View.shape[2] / 8, Columns: inputs.View.shape[3] / 8);
        var (loss, matched) = PropagationLoss.Compute(x, g, target, boxes, map, _options.Distance, _options.Sharpness);
        var losses = new StepLosses();
        losses.Add(PixProOptions.Loss, loss);
        losses.Add(PixProOptions.Matched, matched);
        var (ofPixels, ofFrames) = Spread.Of([x.detach().narrow(0, 0, inputs.View.shape[0])])[0];
        losses.Add(MetricSpec.SpreadOf(_options.Projector.Name), ofPixels);
        losses.Add(MetricSpec.FrameSpreadOf(_options.Projector.Name), ofFrames);
        inputs.Clock?.Ended(StepPart.Forward);

        return Descend(losses, inputs, statistics);
    }

    private static string Words(PixProOptions options) => $"PixPro on a {options.Backbone}";

    private static Tensor Unit(Tensor vectors) => nn.functional.normalize(vectors, dim: 2);

    private static Tensor BoxesOf(StepInputs inputs)
    {
        if (inputs.Boxes is not { } boxes)
        {
            throw new ArgumentException(
                "PixPro matches positions by their places in the frame, and nobody said where in their frames these views lie: give the "
                    + "views their plans or boxes.");
        }

        return boxes.shape is [var views, ViewBoxes.Numbers] && views == 2 * inputs.View.shape[0]
            ? boxes
            : throw new ArgumentException(
                $"The views' boxes are [{string.Join(",", boxes.shape)}]; {inputs.View.shape[0]} pairs have "
                    + $"[{2 * inputs.View.shape[0]},{ViewBoxes.Numbers}].");
    }

    // The projections [2B,N,256] of all positions, not normalised.
    private Tensor Projected(ViewEncoder encoder, Tensor views)
    {
        using var scope = NewDisposeScope();
        return encoder.Head(encoder.Rows(views), _options.Projector).view(views.shape[0], -1, _options.Projector.Output)
            .MoveToOuterDisposeScope();
    }

    // g of the projections, likewise.
    private Tensor Transformed(Tensor projected)
    {
        using var scope = NewDisposeScope();
        return _query.Head(projected.flatten(0, 1).to(Online.FactorType), PixProOptions.Propagation).view_as(projected)
            .MoveToOuterDisposeScope();
    }
}
