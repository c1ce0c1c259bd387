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

    public required int EnqueuePixels { get; init; }

    public required int BatchNormSplits { get; init; }

    public required bool SpatialRoll { get; init; }

    public required Padding Padding { get; init; }

    /// <summary>Whether the cycle is soft; null: if and only if the global head is on.</summary>
    public required bool? SoftCycle { get; init; }

    public required Positives Positives { get; init; }

    public required Pooling Pooling { get; init; }

    public required double Temperature { get; init; }

    public required double EmaWeight { get; init; }

    public required LossWeights LossWeights { get; init; }

    public static ModelSettings Read(SettingsReader reader) => new()
    {
        Backbone = reader.Choice("cacl.model.backbone", ("resnet18", Backbone.ResNet18), ("resnet50", Backbone.ResNet50)),
        Heads = ReadHeads(reader),
        QueueSize = reader.Integer("cacl.model.queue-size", 1, 1 << 20),
        EnqueuePixels = reader.Integer("cacl.model.enqueue-pixels", 1, 128 * 128),
        BatchNormSplits = reader.Integer("cacl.model.bn-splits", 1, 65_536),
        SpatialRoll = reader.Boolean("cacl.model.pixel-shuffle"),
        Padding = reader.Choice("cacl.model.padding", ("zeros", Padding.Zeros), ("reflect", Padding.Reflect)),
        SoftCycle = reader.BooleanOrAuto("cacl.model.soft-cycle"),
        Positives = reader.Choice("cacl.model.positives", ("global-head", Positives.GlobalHead), ("same-position", Positives.SamePosition)),
        Pooling = reader.Choice("cacl.model.pooling", ("after-head", Pooling.AfterHead), ("before-head", Pooling.BeforeHead)),
        Temperature = reader.Number("cacl.model.temperature", v => v is > 0 and <= 10, "above 0, at most 10"),
        EmaWeight = reader.Number("cacl.model.momentum", v => v is >= 0 and < 1, "from 0 to below 1"),
        LossWeights = new LossWeights([.. CaclHeads.Names.Select(head => new LossWeight(head, Weight(reader, head)))]),
    };

    private static Heads ReadHeads(SettingsReader reader)
    {
        var words = reader.Words("cacl.model.heads", [.. CaclHeads.Names]);
        return words.Select(CaclHeads.Find).Aggregate(Heads.None, (all, head) => all | (head ?? Heads.None));
    }

    private static double Weight(SettingsReader reader, string head) =>
        reader.Number($"cacl.model.loss-weights.{head}", v => v is >= 0 and <= 1000, "from 0 to 1000");
}
