using System.Text.Json;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Optimisation;

namespace CACL.Learning.Verification;

/// <summary>The settings of a training in a golden file.</summary>
/// <param name="Options">The method's settings.</param>
/// <param name="Schedule">The learning-rate schedule.</param>
/// <param name="HeadNames">Names of the heads in the file's order.</param>
internal sealed record TrainConfig(CaclOptions Options, LearningRateSchedule Schedule, string[] HeadNames)
{
    /// <summary>Keys whose values follow from the shapes of tensors.</summary>
    private static readonly string[] Redundant = ["batch", "size", "enqueue_pixels"];

    /// <summary>Reads every key; an unknown one would change the result in an unknown way and is refused.</summary>
    public static TrainConfig Read(JsonElement config)
    {
        try
        {
            var heads = config.GetProperty("heads").EnumerateArray().Select(h => h.GetString()!).ToArray();
            var options = new CaclOptions { Heads = heads.Aggregate(Heads.None, (all, head) => all | GoldenNames.Head(head)) };
            var schedule = new LearningRateSchedule(
                config.GetProperty("learning_rate").GetDouble(), config.GetProperty("total_steps").GetInt64(),
                config.GetProperty("warmup_steps").GetInt64());
            foreach (var setting in config.EnumerateObject()) options = With(options, setting.Name, setting.Value);
            return new TrainConfig(options, schedule, heads);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new GoldenException($"its 'config' lacks a setting or has one of the wrong type ({e.Message})");
        }
    }

    private static CaclOptions With(CaclOptions options, string key, JsonElement value) => key switch
    {
        "heads" or "learning_rate" or "total_steps" or "warmup_steps" => options,
        "backbone" => options with { Backbone = GoldenNames.Backbone(value.GetString()!) },
        "seed" => options with { Seed = value.GetUInt64() },
        "momentum" => options with { EmaWeight = value.GetDouble() },
        "bn_splits" => options with { BatchNormSplits = value.GetInt32() },
        "temperature" => options with { Temperature = value.GetDouble() },
        "pixel_shuffle" => options with { SpatialRoll = value.GetBoolean() },
        "positives" => options with { Positives = GoldenNames.Positives(value.GetString()!) },
        "soft_cycle" => options with { SoftCycle = value.GetBoolean() },
        "cycle_target" => options with { CycleTarget = GoldenNames.CycleTarget(value.GetString()!), SoftCycle = null },
        "cycle_target_temperature" => options with { CycleTargetTemperature = value.GetDouble() },
        "cycle_gradient" => options with { CycleGradient = GoldenNames.CycleGradient(value.GetString()!) },
        "cycle_begin" => options with { CycleRamp = options.CycleRamp with { Begin = RunSpan.Steps(value.GetInt64()) } },
        "cycle_growth" => options with { CycleRamp = options.CycleRamp with { Growth = RunSpan.Steps(value.GetInt64()) } },
        "queues" => value.EnumerateObject().Aggregate(options, (all, queue) => WithQueue(all, queue.Name, queue.Value.GetInt32())),
        "padding" => options with { Padding = GoldenNames.Padding(value.GetString()!) },
        "queue" => options with { QueueSize = value.GetInt32() },
        "weight_decay" => options with { Optimiser = options.Optimiser with { WeightDecay = value.GetDouble() } },
        "trust" => options with { Optimiser = options.Optimiser with { Trust = value.GetDouble() } },
        "eps" => options with { Optimiser = options.Optimiser with { Epsilon = value.GetDouble() } },
        _ when Redundant.Contains(key) => options,
        _ => throw new GoldenException($"the setting '{key}' of its 'config' is not known to this program"),
    };

    private static CaclOptions WithQueue(CaclOptions options, string head, int rows) => GoldenNames.Head(head) switch
    {
        Heads.Global => options with { GlobalQueueSize = rows },
        Heads.Pixel => options with { PixelQueueSize = rows },
        _ => options with { CycleQueueSize = rows },
    };
}
