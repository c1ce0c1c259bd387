using CACL.Learning.Augmentation;
using CACL.Learning.Losses;
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
    private readonly Encoder _query;
    private readonly Encoder _key;

    /// <summary>
    /// Creates the state at step 0: the query network initialised from the seed, the key network a copy of it, and the queues filled with
    /// normalised Gaussian rows.
    /// </summary>
    /// <param name="options">The settings.</param>
    /// <param name="device">Device of all tensors.</param>
    /// <param name="precision">float32, or float64 where rounding must not decide the sign of a ReLU's input or a correspondence
    /// (verification).</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public CaclMethod(CaclOptions options, Device device, ScalarType precision = ScalarType.Float32)
        : base(Sound(options), options.HeadSpecs, options.Queues, options.Lars, Words(options), device, precision)
    {
        _options = options;
        _metrics = options.Metrics;
        _device = device;
        _query = new Encoder(Online, options);
        _key = new Encoder(Key, options);
    }

    /// <summary>The settings with which it was created.</summary>
    public CaclOptions Options => _options;

    /// <inheritdoc/>
    public override StepResult Step(Views views, StepSettings settings)
    {
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(settings);
        Check(views);
        using var scope = NewDisposeScope();
        var statistics = KeepStatistics();

        // §6.1  key ← m·key + (1 − m)·query.
        UpdateKey(_options.EmaWeight);
        settings.Clock?.Ended(StepPart.Optimiser);

        // §6.2  The key network sees v₊ in an order of its own (shuffle-BN); both networks see their views rolled (equation 7).
        var rolls = _options.SpatialRoll ? views : null;
        HeadMaps plus;
        using (no_grad()) plus = _key.Forward(views.ViewPlus, rolls?.RollsPlus, views.Permutation);
        var maps = _query.Forward(views.View, rolls?.Rolls, permutation: null);

        // §5
        var losses = Losses(maps, plus);
        settings.Clock?.Ended(StepPart.Forward);

        // §6.4, §7  A loss that is not finite leaves everything as it was.
        var result = Descend(losses, settings, settings.Weights ?? _options.LossWeights, statistics);
        if (!result.IsFinite) return result;

        // §6.5  A frame's vector enters the global queue; those of its pixels that the plan chose enter the other two.
        foreach (var head in CaclHeads.Each(_options.Heads))
        {
            QueueOf(head).Enqueue(head == Heads.Global ? plus.Pooled! : plus.Chosen(head, views.EnqueuePixels));
        }

        settings.Clock?.Ended(StepPart.Optimiser);
        return result;
    }

    // §5: the losses of the heads that are on, with the queues as they were before the step.
    private StepLosses Losses(HeadMaps maps, HeadMaps plus)
    {
        var t = _options.Temperature;
        var losses = new StepLosses();

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
            losses.Add(_metrics.LossPixel, PixelLoss.Compute(p, pPlus, matches, QueueOf(Heads.Pixel).Rows, t));
        }

        // Equations 5 and 6, or the soft cycle, whose target is the global head's attention.
        if (_options.Heads.HasFlag(Heads.Cycle))
        {
            var (c, cPlus) = (maps.Pixels(Heads.Cycle), plus.Pixels(Heads.Cycle));
            var (u, uPlus) = _options.UsesSoftCycle ? (maps.Pixels(Heads.Global).detach(), plus.Pixels(Heads.Global)) : default;
            var (loss, back) = CycleLoss.Compute(c, cPlus, QueueOf(Heads.Cycle).Rows, t, u, uPlus);
            losses.Add(_metrics.LossCycle, loss);
            losses.Add(_metrics.CycleBack, back);
        }

        return losses;
    }

    private NegativeQueue QueueOf(Heads head) => Queues[CaclHeads.NameOf(head)];

    private void Check(Views views)
    {
        views.Check(rolled: _options.SpatialRoll);
        var (batch, side) = ((int)views.View.shape[0], (int)Math.Min(views.View.shape[2], views.View.shape[3]));
        var pixels = views.EnqueuePixels is [var chosen, ..] ? chosen.Length : 0;
        if (_options.Problems(batch, side, pixels).ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems));
    }

    private static CaclOptions Sound(CaclOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Problems().ToList() is { Count: > 0 } problems
            ? throw new ArgumentException(string.Join(' ', problems), nameof(options))
            : options;
    }

    private static string Words(CaclOptions options) =>
        $"a {options.Backbone} with heads {options.Heads} and queues of {options.QueueSize} rows";
}
