using System.Text.Json.Nodes;
using CACL.Learning.Methods;

namespace CACL.Runs.Steps;

/// <summary>A line of metrics.jsonl.</summary>
public static class MetricsLine
{
    /// <summary>Returns the names of its figures in a run of a method with these metrics, except the step's number.</summary>
    public static IReadOnlyList<string> Names(IEnumerable<MetricSpec> metrics) =>
    [
        "epoch", "loss", .. metrics.Select(metric => metric.Name), "lr", "pairs_per_s", "data_wait_share",
        "step_seconds", "wait_seconds", "transfer_seconds", "forward_seconds", "backward_seconds", "optimiser_seconds", "snapshot_seconds",
    ];

    /// <summary>
    /// Returns the line of a step. A metric of a head that is off is left out; numbers are written so that they read back exactly.
    /// </summary>
    public static JsonObject Of(StepMetrics metrics)
    {
        var result = metrics.Result;
        var line = new JsonObject { ["step"] = metrics.Step, ["epoch"] = Math.Round(metrics.Epoch, 6), ["loss"] = result.Loss };
        foreach (var (spec, value) in result.Metrics) line[spec.Name] = value;
        line["lr"] = result.LearningRate;
        line["pairs_per_s"] = Math.Round(metrics.PairsPerSecond, 3);
        line["data_wait_share"] = Math.Round(metrics.DataWaitShare, 4);
        line["step_seconds"] = Math.Round(metrics.StepSeconds, 4);
        line["wait_seconds"] = Math.Round(metrics.WaitSeconds, 4);
        line["transfer_seconds"] = Math.Round(metrics.Times.Transfer, 4);
        line["forward_seconds"] = Math.Round(metrics.Times.Forward, 4);
        line["backward_seconds"] = Math.Round(metrics.Times.Backward, 4);
        line["optimiser_seconds"] = Math.Round(metrics.Times.Optimiser, 4);
        line["snapshot_seconds"] = Math.Round(metrics.SnapshotSeconds, 4);
        if (metrics.Times.Ranks is not { } ranks) return line;
        line["slowest_rank"] = ranks.Slowest;
        line["slowest_rank_seconds"] = Math.Round(ranks.Computing, 4);
        line["exchange_seconds"] = Math.Round(ranks.Exchanging, 4);
        return line;
    }
}
