using CACL.Learning.Losses;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Byol;

/// <summary>
/// BYOL (Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020): the online network predicts, from one view of a pair, what the target
/// network makes of the other. No negatives: what keeps all vectors from becoming one is that the target follows slowly and gets no
/// gradient.
/// </summary>
public sealed class ByolMethod : MomentumMethod
{
    private readonly ByolOptions _options;
    private readonly ViewEncoder _online;
    private readonly ViewEncoder _target;

    /// <summary>Creates the state at step 0: the target network is a copy of the online network without its predictor.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public ByolMethod(ByolOptions options, Device device, Precision precision = Precision.Fp32, bool cudaGraph = false)
        : base(options, options.KeyHeadSpecs, Words(options), device, precision, cudaGraph)
    {
        _options = options;
        // Both views go through in one pass, each with batch statistics of its own.
        var groups = 2 * options.BatchNormSplits;
        _online = new ViewEncoder(Online, options.Padding, groups);
        _target = new ViewEncoder(Key, options.Padding, groups);
    }

    /// <inheritdoc/>
    private protected override StepFigures Compute(StepInputs inputs)
    {
        var statistics = KeepStatistics();
        UpdateKey(inputs);

        // First all v, then all v₊.
        var views = cat([inputs.View, inputs.ViewPlus]);
        Tensor target;
        using (no_grad()) target = Unit(_target.HeadOfMean(views, _options.Projector));
        var projection = _online.HeadOfMean(views, _options.Projector);
        var prediction = Unit(_online.Head(projection.to(Online.FactorType), _options.Predictor));

        var losses = new StepLosses();
        losses.Add(ByolOptions.Loss, PredictionLoss.Compute(prediction, target));
        var ofFirst = projection.detach().narrow(0, 0, inputs.View.shape[0]);
        losses.Add(MetricSpec.FrameSpreadOf(_options.Projector.Name), Spread.OfVectors(Unit(ofFirst)));
        inputs.Clock?.Ended(StepPart.Forward);
        return Descend(losses, inputs, statistics);
    }

    private static string Words(ByolOptions options) =>
        $"BYOL on a {options.Backbone} with {options.Projector.Hidden} channels in its heads";

    private static Tensor Unit(Tensor vectors) => nn.functional.normalize(vectors, dim: 1);
}
