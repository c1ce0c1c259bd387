using System.Text.Json;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;

namespace CACL.Learning.Verification;

/// <summary>CACL's own settings in a golden file.</summary>
internal static class CaclTrainConfig
{
    /// <summary>Returns the options with a setting; null if it is not one of CACL's own.</summary>
    public static CaclOptions? With(CaclOptions options, string key, JsonElement value) => key switch
    {
        "temperature" => options with { Temperature = value.GetDouble() },
        "pixel_shuffle" => options with { SpatialRoll = value.GetBoolean() },
        "pooling" => options with { Pooling = GoldenNames.Pooling(value.GetString()!) },
        "positives" => options with { Positives = GoldenNames.Positives(value.GetString()!) },
        "soft_cycle" => options with { SoftCycle = value.GetBoolean() },
        "cycle_target" => options with { CycleTarget = GoldenNames.CycleTarget(value.GetString()!), SoftCycle = null },
        "cycle_target_temperature" => options with { CycleTargetTemperature = value.GetDouble() },
        "cycle_gradient" => options with { CycleGradient = GoldenNames.CycleGradient(value.GetString()!) },
        "cycle_begin" => options with { CycleRamp = options.CycleRamp with { Begin = RunSpan.Steps(value.GetInt64()) } },
        "cycle_growth" => options with { CycleRamp = options.CycleRamp with { Growth = RunSpan.Steps(value.GetInt64()) } },
        "queues" => value.EnumerateObject().Aggregate(options, (all, queue) => WithQueue(all, queue.Name, queue.Value.GetInt32())),
        "queue" => options with { QueueSize = value.GetInt32() },
        _ => null,
    };

    private static CaclOptions WithQueue(CaclOptions options, string head, int rows) => GoldenNames.Head(head) switch
    {
        Heads.Global => options with { GlobalQueueSize = rows },
        Heads.Pixel => options with { PixelQueueSize = rows },
        _ => options with { CycleQueueSize = rows },
    };
}
