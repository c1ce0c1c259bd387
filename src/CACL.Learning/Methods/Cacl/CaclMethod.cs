using CACL.Learning.Losses;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Cacl;

/// <summary>
/// Cycle-Attention Contrastive Learning (Pang et al., AAAI 2022): one training step, in the order of METHOD.md §6. With its global head
/// alone it is MoCo-v2.
/// </summary>
public sealed class CaclMethod : MomentumMethod
{
    private readonly CaclOptions _options;
    private readonly CaclMetrics _metrics;
    private readonly Device _device;
    private readonly ScalarType _factors;
    private readonly Encoder _query;
    private readonly Encoder _key;

    /// <summary>
    /// Creates the state at step 0: the query network initialised from the seed, the key network a copy of it, and the queues filled with
    /// normalised Gaussian rows.
    /// </summary>
    /// <param name="options">The settings.</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">The precision in which it computes; float64 where rounding must not decide the sign of a ReLU's input or a
    /// correspondence (verification).</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step.</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public CaclMethod(CaclOptions options, Device device, Precision precision = Precision.Fp32, bool cudaGraph = false)
        : base(options, options.HeadSpecs, Words(options), device, precision, cudaGraph, rolled: options.SpatialRoll)
    {
        _options = options;
        _metrics = options.Metrics;
        _device = device;
        _factors = precision.Factors();
        _query = new Encoder(Online, options);
        _key = new Encoder(Key, options);
    }

    /// <summary>The settings with which it was created.</summary>
    public CaclOptions Options => _options;

    /// <inheritdoc/>
    private protected override StepFigures Compute(StepInputs inputs)
    {
        var statistics = KeepStatistics();

        // §6.1  key ← m·key + (1 − m)·query.
        UpdateKey(inputs);

        // §6.2  The key network sees v₊ in an order of its own (shuffle-BN); both networks see their views rolled (equation 7).
        HeadMaps plus;
        var keyTables = inputs.Places.Key(_options.SpatialRoll);
        using (no_grad()) plus = _key.Forward(inputs.ViewPlus, keyTables, exchange: inputs.Exchange);
        var maps = _query.Forward(inputs.View, _options.SpatialRoll ? inputs.Places.Query : null);
        // Where the cycle moves both frames, the query network sees v₊, too, as the key network does.
        var cyclePlus = _options.EncodesBothFrames ? _query.Forward(inputs.ViewPlus, keyTables, Heads.Cycle, inputs.Exchange) : plus;

        // §5
        var losses = Losses(maps, plus, cyclePlus);
        inputs.Clock?.Ended(StepPart.Forward);

        // What every rank puts into the queues is exchanged before anything changes.
        List<(Heads Head, Tensor Rows)> keys =
        [
            .. CaclHeads.Each(_options.Heads).Select(
                head => (head, FromAll(head == Heads.Global ? plus.Pooled! : plus.Chosen(head, inputs.Places.Chosen)))),
        ];

        // §6.4, §7  A loss that is not finite leaves everything as it was.
        var figures = Descend(losses, inputs, statistics);

        // §6.5  A frame's vector enters the global queue; those of its pixels that the plan chose enter the other two.
        foreach (var (head, rows) in keys) QueueOf(head).Enqueue(rows, figures.Finite);
        return figures;
    }

    // §5: the losses of the heads that are on, with the queues as they were before the step.
    private StepLosses Losses(HeadMaps maps, HeadMaps plus, HeadMaps cyclePlus)
    {
        var t = _options.Temperature;
        var losses = new StepLosses();
        Tensor? entropy = null;

        // Equation 3.
        if (_options.Heads.HasFlag(Heads.Global))
        {
            var (loss, top1) = GlobalLoss.Compute(maps.Pooled!, plus.Pooled!, QueueOf(Heads.Global).Rows, t);
            losses.Add(_metrics.LossGlobal, loss);
            losses.Add(_metrics.Top1Global, top1);
        }

        // Equation 4, its positives first.
        if (_options.Heads.HasFlag(Heads.Pixel))
        {
            var (p, pPlus) = (maps.Pixels(Heads.Pixel), plus.Pixels(Heads.Pixel));
            var matches = _options.MatchesByGlobalHead
                ? Correspondence.ByGlobalHead(maps.Pixels(Heads.Global).detach(), plus.Pixels(Heads.Global))
                : Correspondence.SamePosition(p.shape[0], p.shape[1], _device);
            losses.Add(_metrics.LossPixel, PixelLoss.Compute(p, pPlus, matches, QueueOf(Heads.Pixel).Rows, t, _factors));
        }

        // Equations 5 and 6, or a soft cycle.
        if (_options.Heads.HasFlag(Heads.Cycle))
        {
            var cycle = CycleLoss.Compute(
                maps.Pixels(Heads.Cycle), cyclePlus.Pixels(Heads.Cycle), QueueOf(Heads.Cycle).Rows, t, Target(maps, plus),
                _options.EncodesBothFrames, _factors);
            losses.Add(_metrics.LossCycle, cycle.Loss);
            losses.Add(_metrics.CycleBack, cycle.Back);
            entropy = cycle.Entropy;
        }

        AddSpread(losses, maps);
        if (entropy is not null && _options.Target != CycleTarget.Hard) losses.Add(_metrics.TargetEntropy, entropy);
        return losses;
    }

    // How far apart the query network's vectors are: a head that has collapsed shows it here first.
    private void AddSpread(StepLosses losses, HeadMaps maps)
    {
        Heads[] heads = [.. CaclHeads.Each(_options.Heads)];
        var spreads = Spread.Of([.. heads.Select(head => maps.Pixels(head).detach())]);
        foreach (var (head, spread) in heads.Zip(spreads)) losses.Add(_metrics.Spread[head], spread.OfPixels);
        foreach (var (head, spread) in heads.Zip(spreads)) losses.Add(_metrics.FrameSpread[head], spread.OfFrames);
    }

    // Of what the cycle's target is made; null: it is hard. The paper's soft cycle follows the global head from frame to frame.
    private AttentionTarget? Target(HeadMaps maps, HeadMaps plus)
    {
        var temperature = _options.CycleTargetTemperature ?? _options.Temperature;
        AttentionTarget Within(Tensor pixels) => new(pixels, pixels, temperature);
        return _options.Target switch
        {
            CycleTarget.Soft => new(maps.Pixels(Heads.Global).detach(), plus.Pixels(Heads.Global), temperature),
            CycleTarget.SoftSelf => Within(maps.Pixels(Heads.Global).detach()),
            CycleTarget.Features => new(maps.FeaturePixels(), plus.FeaturePixels(), temperature),
            CycleTarget.FeaturesSelf => Within(maps.FeaturePixels()),
            _ => null,
        };
    }

    // The cycle may begin later than the others.
    private protected override LossWeights WeightsAt(StepSettings settings)
    {
        var weights = base.WeightsAt(settings);
        var share = _options.CycleRamp.ShareAt(settings.Step, settings.StepsPerEpoch);
        var cycle = CaclHeads.NameOf(Heads.Cycle);
        return share < 1 ? weights.With(cycle, weights[cycle] * share) : weights;
    }

    private NegativeQueue QueueOf(Heads head) => Queues[CaclHeads.NameOf(head)];

    private static string Words(CaclOptions options) =>
        $"a {options.Backbone} with heads {options.Heads} and queues of {QueueSizes(options)} rows";

    private static string QueueSizes(CaclOptions options) => string.Join(", ", options.Queues.Select(queue => queue.Size).Distinct());
}
