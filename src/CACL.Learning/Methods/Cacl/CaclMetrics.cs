namespace CACL.Learning.Methods.Cacl;

/// <summary>The metrics that CACL reports for a step.</summary>
public sealed class CaclMetrics
{
    /// <summary>Creates the metrics of a method with these settings.</summary>
    public CaclMetrics(CaclOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LossGlobal = new("loss_global", MetricKind.Loss, "global", "global", "global") { Chance = Uniform(Heads.Global) };
        LossPixel = new("loss_pixel", MetricKind.Loss, "pixel", "pixel", "pixel") { Chance = Uniform(Heads.Pixel) };
        LossCycle = new("loss_cycle", MetricKind.Loss, "cycle", "cycle", "cycle");
        Top1Global = new("top1_global", MetricKind.Share, "global", "top-1", "own frame first among the queue (global head)")
        {
            Chance = new ChanceLevel(1 / (options.QueueSizeOf(Heads.Global) + 1.0), "1/(K+1)"),
        };
        CycleBack = new("cycle_back", MetricKind.Share, "cycle", "back", "back at the same place (cycle head)");
        Spread = PerHead(MetricSpec.SpreadOf);
        FrameSpread = PerHead(MetricSpec.FrameSpreadOf);
        TargetEntropy = new("target_entropy_cycle", MetricKind.TargetEntropy, "cycle", "entropy", "cycle's target");
        All =
        [
            LossGlobal, LossPixel, LossCycle, Top1Global, CycleBack, .. Spread.Values, .. FrameSpread.Values,
            .. options.Target == CycleTarget.Hard ? [] : new[] { TargetEntropy },
        ];

        ChanceLevel Uniform(Heads head) => new(Math.Log(options.QueueSizeOf(head) + 1.0), "ln(K+1)");
    }

    /// <summary>Equation 3, in nats.</summary>
    public MetricSpec LossGlobal { get; }

    /// <summary>Equation 4, in nats.</summary>
    public MetricSpec LossPixel { get; }

    /// <summary>Equation 6 or the soft cycle, in nats.</summary>
    public MetricSpec LossCycle { get; }

    /// <summary>Share of frames whose positive beats all K negatives.</summary>
    public MetricSpec Top1Global { get; }

    /// <summary>Share of pixels whose most likely return is to themselves.</summary>
    public MetricSpec CycleBack { get; }

    /// <summary>Of each head, how far apart a frame's pixels are.</summary>
    public IReadOnlyDictionary<Heads, MetricSpec> Spread { get; }

    /// <summary>Of each head, how far apart the batch's frames are.</summary>
    public IReadOnlyDictionary<Heads, MetricSpec> FrameSpread { get; }

    /// <summary>Entropy of a soft cycle's target as a share of ln N.</summary>
    public MetricSpec TargetEntropy { get; }

    /// <summary>All metrics, in the order of metrics.jsonl.</summary>
    public IReadOnlyList<MetricSpec> All { get; }

    private static OrderedDictionary<Heads, MetricSpec> PerHead(Func<string, MetricSpec> spec) => new(
        CaclHeads.Each(Heads.All).Select(head => KeyValuePair.Create(head, spec(CaclHeads.NameOf(head)))));
}
