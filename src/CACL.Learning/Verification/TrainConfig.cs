using System.Text.Json;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Byol;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Methods.DenseCl;
using CACL.Learning.Methods.MocoV2;
using CACL.Learning.Methods.PixPro;
using CACL.Learning.Methods.SimClr;
using CACL.Learning.Optimisation;

namespace CACL.Learning.Verification;

/// <summary>The settings of a training in a golden file.</summary>
/// <param name="Options">The method's settings.</param>
/// <param name="Schedule">The learning-rate schedule.</param>
/// <param name="QueueNames">The queues' heads in the file's order.</param>
internal sealed record TrainConfig(MethodOptions Options, LearningRateSchedule Schedule, string[] QueueNames)
{
    /// <summary>Keys that are read elsewhere, or whose values follow from the method or from the shapes of tensors.</summary>
    private static readonly string[] Elsewhere =
        ["method", "heads", "learning_rate", "total_steps", "warmup_steps", "batch", "size", "enqueue_pixels", "projection"];

    /// <summary>Reads every key; an unknown one would change the result in an unknown way and is refused.</summary>
    public static TrainConfig Read(JsonElement config)
    {
        try
        {
            var schedule = new LearningRateSchedule(
                config.GetProperty("learning_rate").GetDouble(), config.GetProperty("total_steps").GetInt64(),
                config.GetProperty("warmup_steps").GetInt64());
            var options = Method(config);
            foreach (var setting in config.EnumerateObject().Where(setting => !Elsewhere.Contains(setting.Name)))
            {
                options = WithOwn(options, setting.Name, setting.Value)
                    ?? WithShared(options, setting.Name, setting.Value)
                    ?? throw new GoldenException($"the setting '{setting.Name}' of its 'config' is not known to this program");
            }

            return new TrainConfig(options, schedule, Names(config) ?? [.. options.Describe().Queues.Select(queue => queue.Head)]);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new GoldenException($"its 'config' lacks a setting or has one of the wrong type ({e.Message})");
        }
    }

    // CACL's files came first and do not name their method, but their heads.
    private static MethodOptions Method(JsonElement config)
    {
        var word = config.TryGetProperty("method", out var method) ? method.GetString() : null;
        return word switch
        {
            null => new CaclOptions { Heads = Names(config)!.Aggregate(Heads.None, (all, head) => all | GoldenNames.Head(head)) },
            MocoOptions.Word => new MocoOptions(),
            SimClrOptions.Word => new SimClrOptions(),
            ByolOptions.Word => new ByolOptions(),
            DenseClOptions.Word => new DenseClOptions(),
            PixProOptions.Word => new PixProOptions(),
            _ => throw new GoldenException($"the method '{word}' is not known to this program"),
        };
    }

    private static string[]? Names(JsonElement config) => config.TryGetProperty("heads", out var heads)
        ? [.. heads.EnumerateArray().Select(head => head.GetString()!)]
        : null;

    private static MethodOptions? WithOwn(MethodOptions options, string key, JsonElement value) => (options, key) switch
    {
        (CaclOptions cacl, _) => CaclTrainConfig.With(cacl, key, value),
        (MocoOptions moco, "queue") => moco with { QueueSize = value.GetInt32() },
        (MocoOptions moco, "temperature") => moco with { Temperature = value.GetDouble() },
        (SimClrOptions simClr, "temperature") => simClr with { Temperature = value.GetDouble() },
        (SimClrOptions simClr, "head_normalisation") =>
            simClr with { ProjectorNormalisation = GoldenNames.Normalisation(value.GetString()!) },
        (ByolOptions byol, "hidden") => byol with { ProjectorHidden = value.GetInt32() },
        (DenseClOptions dense, "queue") => dense with { QueueSize = value.GetInt32() },
        (DenseClOptions dense, "temperature") => dense with { Temperature = value.GetDouble() },
        (DenseClOptions dense, "dense_weight") => dense with { LossWeights = DenseClOptions.Weights(value.GetDouble()) },
        (PixProOptions pixpro, "hidden") => pixpro with { ProjectorHidden = value.GetInt32() },
        (PixProOptions pixpro, "gamma") => pixpro with { Sharpness = value.GetDouble() },
        (PixProOptions pixpro, "distance") => pixpro with { Distance = value.GetDouble() },
        _ => null,
    };

    private static MethodOptions? WithShared(MethodOptions options, string key, JsonElement value) => (options, key) switch
    {
        (_, "backbone") => options with { Backbone = GoldenNames.Backbone(value.GetString()!) },
        (_, "seed") => options with { Seed = value.GetUInt64() },
        (_, "bn_splits") => options with { BatchNormSplits = value.GetInt32() },
        (_, "padding") => options with { Padding = GoldenNames.Padding(value.GetString()!) },
        (MomentumOptions momentum, "momentum") => momentum with { EmaWeight = value.GetDouble() },
        _ => OptimiserConfig.With(options.Optimiser, key, value) is { } optimiser ? options with { Optimiser = optimiser } : null,
    };
}
