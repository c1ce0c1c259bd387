using CACL.Learning.Augmentation;
using CACL.Learning.Losses;
using CACL.Learning.Networks;
using CACL.Learning.Optimisation;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Cacl;

/// <summary>
/// Cycle-Attention Contrastive Learning (Pang et al., AAAI 2022): one training step, in METHOD.md §6's order. Owns both
/// networks, the queues and the optimiser; belongs to one thread.
/// </summary>
public sealed partial class CaclMethod : IDisposable
{
    private readonly CaclOptions _options;
    private readonly Device _device;
    private readonly NetworkWeights _queryWeights;
    private readonly NetworkWeights _keyWeights;
    private readonly Encoder _query;
    private readonly Encoder _key;
    private readonly Dictionary<Heads, NegativeQueue> _queues;
    private readonly Lars _lars;

    // A step whose loss was not finite has moved the key network and nothing else: the step after it must not move it again.
    private bool _keyHasMoved;

    /// <summary>At the start: the query network from the seed, the key network its copy, queues of normalised Gaussian rows.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="device">Where everything lies.</param>
    /// <param name="precision">float32, or float64 where rounding must not decide which way a ReLU or a match falls (verification).</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public CaclMethod(CaclOptions options, Device device, ScalarType precision = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        if (options.Problems().ToList() is { Count: > 0 } problems) throw new ArgumentException(string.Join(' ', problems), nameof(options));
        _options = options;
        _device = device;
        _queryWeights = new NetworkWeights(options.Backbone, options.HeadSpecs, device, trainable: true, precision);
        _keyWeights = new NetworkWeights(options.Backbone, options.HeadSpecs, device, precision: precision);
        _queryWeights.Start(options.Seed);
        _keyWeights.CopyFrom(_queryWeights);
        _query = new Encoder(_queryWeights, options);
        _key = new Encoder(_keyWeights, options);
        _queues = CaclHeads.Each(options.Heads).ToDictionary(
            head => head,
            head => new NegativeQueue($"queue.{CaclHeads.NameOf(head)}", options.QueueSize, CaclHeads.Width, options.Seed, device, precision));
        _lars = new Lars(_queryWeights, options.Lars);
    }

    /// <summary>The settings it was made with.</summary>
    public CaclOptions Options => _options;

    /// <summary>The query network's weights: what is evaluated and exported. Still owned here.</summary>
    public NetworkWeights Query => _queryWeights;

    /// <summary>
    /// One step on a batch of views. If a loss is not finite (<see cref="StepResult.IsFinite"/>), neither parameters nor
    /// statistics, optimiser or queues have changed and the next step goes on as if this batch had never been.
    /// </summary>
    /// <param name="views">Views of B pairs; stay the caller's.</param>
    /// <param name="learningRate">This step's rate.</param>
    /// <param name="weights">What each loss counts in this step; null: as the settings say.</param>
    /// <param name="inspectGradient">Sees each parameter's name and gradient before the optimiser uses it up; null: nobody looks.</param>
    /// <param name="clock">Told when each part of the step has ended; null: nobody measures.</param>
    /// <exception cref="ArgumentException">Views that do not fit together or to the settings.</exception>
    public StepResult Step(
        Views views, double learningRate, LossWeights? weights = null, Action<string, Tensor>? inspectGradient = null, StepClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(views);
        Check(views);
        using var scope = NewDisposeScope();
        var (queryStatistics, keyStatistics) = (_queryWeights.Statistics.clone(), _keyWeights.Statistics.clone());

        // §6.1  key ← m·key + (1 − m)·query.
        if (!_keyHasMoved) MomentumUpdate.Apply(_keyWeights, _queryWeights, _options.Momentum);
        _keyHasMoved = true;
        clock?.Ended(StepPart.Optimiser);

        // §6.2  The key network sees v₊ in an order of its own (shuffle-BN); both see their views rolled (equation 7).
        var rolls = _options.PixelShuffle ? views : null;
        HeadMaps plus;
        using (no_grad()) plus = _key.Forward(views.ViewPlus, rolls?.RollsPlus, views.Permutation);
        var maps = _query.Forward(views.View, rolls?.Rolls, permutation: null);

        // §5
        var losses = Losses(maps, plus, weights ?? _options.LossWeights);
        clock?.Ended(StepPart.Forward);
        var gradients = autograd.grad([losses.Total], [.. _queryWeights.ParameterList]);

        // The step's one wait for the device, before anything that a bad loss would spoil.
        var result = losses.ToHost(learningRate);
        clock?.Ended(StepPart.Backward);
        if (!result.IsFinite)
        {
            using var _ = no_grad();
            _queryWeights.Statistics.copy_(queryStatistics);
            _keyWeights.Statistics.copy_(keyStatistics);
            return result;
        }

        // §6.4, §7
        for (var i = 0; inspectGradient is not null && i < gradients.Count; i++) inspectGradient(_queryWeights.ParameterNames[i], gradients[i]);
        _lars.Step([.. gradients], learningRate);

        // §6.5  A frame's vector enters the global queue; of its pixels, those that the plan chose enter the other two.
        foreach (var (head, queue) in _queues) queue.Enqueue(head == Heads.Global ? plus.Pooled! : plus.Chosen(head, views.EnqueuePixels));
        _keyHasMoved = false;
        clock?.Ended(StepPart.Optimiser);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lars.Dispose();
        foreach (var queue in _queues.Values) queue.Dispose();
        _queryWeights.Dispose();
        _keyWeights.Dispose();
    }

    private void Check(Views views)
    {
        views.Check(rolled: _options.PixelShuffle);
        var (batch, side) = ((int)views.View.shape[0], (int)Math.Min(views.View.shape[2], views.View.shape[3]));
        var pixels = views.EnqueuePixels is [var chosen, ..] ? chosen.Length : 0;
        if (_options.Problems(batch, side, pixels).ToList() is { Count: > 0 } problems) throw new ArgumentException(string.Join(' ', problems));
    }

    // §5: the losses whose head is on, with the queues as they were.
    private StepLosses Losses(HeadMaps maps, HeadMaps plus, LossWeights weights)
    {
        var t = _options.Temperature;
        var losses = new StepLosses(weights);

        // Equation 3.
        if (_options.Heads.HasFlag(Heads.Global))
        {
            (losses.Global, losses.Top1Global) = GlobalLoss.Compute(maps.Pooled!, plus.Pooled!, _queues[Heads.Global].Rows, t);
        }

        // Equation 4, its positives first.
        if (_options.Heads.HasFlag(Heads.Pixel))
        {
            var (p, pPlus) = (maps.Pixels(Heads.Pixel), plus.Pixels(Heads.Pixel));
            var matches = _options.MatchesByGlobalHead
                ? Match.ByGlobalHead(maps.Pixels(Heads.Global).detach(), plus.Pixels(Heads.Global))
                : Match.SamePosition(p.shape[0], p.shape[1], _device);
            losses.Pixel = PixelLoss.Compute(p, pPlus, matches, _queues[Heads.Pixel].Rows, t);
        }

        // Equations 5 and 6, or the soft cycle, whose target is the global head's attention.
        if (_options.Heads.HasFlag(Heads.Cycle))
        {
            var (c, cPlus) = (maps.Pixels(Heads.Cycle), plus.Pixels(Heads.Cycle));
            var (u, uPlus) = _options.UsesSoftCycle ? (maps.Pixels(Heads.Global).detach(), plus.Pixels(Heads.Global)) : default;
            (losses.Cycle, losses.CycleBack) = CycleLoss.Compute(c, cPlus, _queues[Heads.Cycle].Rows, t, u, uPlus);
        }

        return losses;
    }
}
