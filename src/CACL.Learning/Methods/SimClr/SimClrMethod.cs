using CACL.Learning.Losses;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.SimClr;

/// <summary>
/// SimCLR (Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020): each view of the batch is to
/// be more similar to its pair's other view than to the views of all other pairs. One network, no queue.
/// </summary>
public sealed class SimClrMethod : NetworkMethod
{
    private readonly SimClrOptions _options;
    private readonly ViewEncoder _network;

    /// <summary>Creates the state at step 0.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public SimClrMethod(SimClrOptions options, Device device, Precision precision = Precision.Fp32, bool cudaGraph = false)
        : base(options, Words(options), device, precision, cudaGraph)
    {
        _options = options;
        // The groups are of the 2B views.
        _network = new ViewEncoder(Online, options.Padding, options.BatchNormSplits);
    }

    /// <inheritdoc/>
    private protected override StepFigures Compute(StepInputs inputs)
    {
        var statistics = KeepStatistics();
        Online.Round();

        // All 2B views are one batch, first all v, then all v₊.
        var z = Vectors(cat([inputs.View, inputs.ViewPlus]));

        var losses = new StepLosses();
        var (loss, top1) = NtXentLoss.Compute(WithOthers(z), _options.Temperature);
        losses.Add(SimClrOptions.Loss, OfWholeBatch(loss));
        losses.Add(SimClrOptions.Top1, top1);
        losses.Add(
            MetricSpec.FrameSpreadOf(_options.Projector.Name), Spread.OfVectors(z.detach().narrow(0, 0, inputs.View.shape[0])));
        inputs.Clock?.Ended(StepPart.Forward);
        return Descend(losses, inputs, statistics);
    }

    // The vectors of all ranks, first of all v, then of all v₊; those of other ranks are constants here.
    private Tensor WithOthers(Tensor z)
    {
        if (Ranks.IsAlone) return z;
        var own = z.shape[0] / 2;
        var of = Ranks.Gather(z, "gathering the views").view(Ranks.Size, 2, own, -1);
        var parts = from view in Enumerable.Range(0, 2)
                    from rank in Enumerable.Range(0, Ranks.Size)
                    select rank == Ranks.Rank ? z.narrow(0, view * own, own) : of[rank, view];
        return cat([.. parts]);
    }

    // Every rank has the loss of the whole batch and only its own views' part of the gradient, of which the sum is wanted, not the mean.
    private Tensor OfWholeBatch(Tensor loss) => Ranks.IsAlone ? loss : (loss * Ranks.Size) - (loss.detach() * (Ranks.Size - 1));

    private static string Words(SimClrOptions options) =>
        $"SimCLR on a {options.Backbone} with {options.Projector.Hidden} channels in its projector";

    // A view's vector [2B,128], of length 1.
    private Tensor Vectors(Tensor views)
    {
        using var scope = NewDisposeScope();
        return nn.functional.normalize(_network.HeadOfMean(views, _options.Projector), dim: 1).MoveToOuterDisposeScope();
    }
}
