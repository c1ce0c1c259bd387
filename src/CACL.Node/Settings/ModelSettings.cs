using CACL.Configuration.Reading;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.model</c>; reference.conf says what each means.</summary>
internal sealed record ModelSettings
{
    public required Backbone Backbone { get; init; }

    public required Heads Heads { get; init; }

    public required int QueueSize { get; init; }

    /// <summary>Rows of single heads' queues; null: <see cref="QueueSize"/>.</summary>
    public required (int? Global, int? Pixel, int? Cycle) QueueSizes { get; init; }

    public required int EnqueuePixels { get; init; }

    public required int BatchNormSplits { get; init; }

    public required bool SpatialRoll { get; init; }

    public required Padding Padding { get; init; }

    /// <summary>Whether the cycle is soft; null: if and only if the global head is on.</summary>
    public required bool? SoftCycle { get; init; }

    /// <summary>The cycle's target; null: as <see cref="SoftCycle"/> says.</summary>
    public required CycleTarget? CycleTarget { get; init; }

    /// <summary>Temperature of the cycle's target; 0: <see cref="Temperature"/>.</summary>
    public required double CycleTargetTemperature { get; init; }

    public required CycleGradient CycleGradient { get; init; }

    public required LossRamp CycleRamp { get; init; }

    public required Positives Positives { get; init; }

    public required Pooling Pooling { get; init; }

    public required double Temperature { get; init; }

    public required double EmaWeight { get; init; }

    /// <summary>Whether the EMA weight grows to 1 over the run.</summary>
    public required bool EmaWeightGrows { get; init; }

    /// <summary>Channels between the layers of a rival's projector; 0: as many as the backbone's output has.</summary>
    public required int ProjectorHidden { get; init; }

    public required HeadNormalisation ProjectorNormalisation { get; init; }

    /// <summary>PixPro's distance of positive pairs, in diagonals of a cell.</summary>
    public required double PixProDistance { get; init; }

    /// <summary>The exponent of PixPro's propagation.</summary>
    public required double PixProSharpness { get; init; }

    /// <summary>The weights of the losses of all methods.</summary>
    public required LossWeights LossWeights { get; init; }

    public static ModelSettings Read(SettingsReader reader) => new()
    {
        Backbone = reader.Choice("cacl.model.backbone", ("resnet18", Backbone.ResNet18), ("resnet50", Backbone.ResNet50)),
        Heads = ReadHeads(reader),
        QueueSize = reader.Integer("cacl.model.queue-size", 1, 1 << 20),
        QueueSizes = (Queue(reader, Heads.Global), Queue(reader, Heads.Pixel), Queue(reader, Heads.Cycle)),
        EnqueuePixels = reader.Integer("cacl.model.enqueue-pixels", 1, 128 * 128),
        BatchNormSplits = reader.Integer("cacl.model.bn-splits", 1, 65_536),
        SpatialRoll = reader.Boolean("cacl.model.pixel-shuffle"),
        Padding = reader.Choice("cacl.model.padding", ("zeros", Padding.Zeros), ("reflect", Padding.Reflect)),
        SoftCycle = reader.BooleanOrAuto("cacl.model.soft-cycle"),
        CycleTarget = reader.Choice<CycleTarget?>(
            "cacl.model.cycle-target", ("auto", null), ("hard", Learning.Methods.Cacl.CycleTarget.Hard),
            ("soft", Learning.Methods.Cacl.CycleTarget.Soft), ("soft-self", Learning.Methods.Cacl.CycleTarget.SoftSelf),
            ("features", Learning.Methods.Cacl.CycleTarget.Features), ("features-self", Learning.Methods.Cacl.CycleTarget.FeaturesSelf)),
        CycleTargetTemperature = reader.Number("cacl.model.cycle-target-temperature", v => v is >= 0 and <= 10, "from 0 to 10"),
        CycleGradient = reader.Choice(
            "cacl.model.cycle-gradient", ("first-frame", CycleGradient.FirstFrame), ("both-frames", CycleGradient.BothFrames)),
        CycleRamp = new LossRamp(Span(reader, "cacl.model.cycle-begin"), Span(reader, "cacl.model.cycle-growth")),
        Positives = reader.Choice("cacl.model.positives", ("global-head", Positives.GlobalHead), ("same-position", Positives.SamePosition)),
        Pooling = reader.Choice("cacl.model.pooling", ("after-head", Pooling.AfterHead), ("before-head", Pooling.BeforeHead)),
        Temperature = reader.Number("cacl.model.temperature", v => v is > 0 and <= 10, "above 0, at most 10"),
        EmaWeight = reader.Number("cacl.model.momentum", v => v is >= 0 and < 1, "from 0 to below 1"),
        EmaWeightGrows = reader.Choice("cacl.model.momentum-growth", ("none", false), ("cosine", true)),
        ProjectorHidden = reader.Integer("cacl.model.projector-hidden", 0, 65_536),
        ProjectorNormalisation = reader.Choice(
            "cacl.model.projector-normalisation", ("none", HeadNormalisation.None), ("batch", HeadNormalisation.Batch)),
        PixProDistance = reader.Number("cacl.model.pixpro.distance", v => v is > 0 and <= 100, "above 0, at most 100"),
        PixProSharpness = reader.Number("cacl.model.pixpro.sharpness", v => v is >= 1 and <= 100, "from 1 to 100"),
        LossWeights = new LossWeights([.. KnownMethods.Losses.Select(name => new LossWeight(name, Weight(reader, name)))]),
    };

    private static Heads ReadHeads(SettingsReader reader)
    {
        var words = reader.Words("cacl.model.heads", [.. CaclHeads.Names]);
        return words.Select(CaclHeads.Find).Aggregate(Heads.None, (all, head) => all | (head ?? Heads.None));
    }

    private static int? Queue(SettingsReader reader, Heads head) =>
        reader.Integer($"cacl.model.queue-sizes.{CaclHeads.NameOf(head)}", 0, 1 << 20) is > 0 and var size ? size : null;

    private static RunSpan Span(SettingsReader reader, string key)
    {
        var text = reader.Text(key, t => RunSpan.Find(t) is not null, "a number of steps, such as 400, or of epochs, such as 10 epochs");
        return RunSpan.Find(text) ?? default;
    }

    private static double Weight(SettingsReader reader, string head) =>
        reader.Number($"cacl.model.loss-weights.{head}", v => v is >= 0 and <= 1000, "from 0 to 1000");
}
