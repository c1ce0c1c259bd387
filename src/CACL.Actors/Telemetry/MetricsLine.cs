using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Decoding;
using CACL.Actors.Training;
using CACL.Data.Catalog;
using CACL.Learning.Methods;

namespace CACL.Actors.Telemetry;

/// <summary>A line of metrics.jsonl.</summary>
public static class MetricsLine
{
    /// <summary>Its figures in a run of a method that knows these metrics, the step's number apart.</summary>
    public static IReadOnlyList<string> Names(IEnumerable<MetricSpec> metrics) =>
    [
        "epoch", "loss", .. metrics.Select(metric => metric.Name), "lr", "pairs_per_s", "data_wait_share",
        "step_seconds", "wait_seconds", "transfer_seconds", "forward_seconds", "backward_seconds", "optimiser_seconds", "snapshot_seconds",
    ];

    /// <summary>The line of a step. A metric whose head is off is left out; numbers are written so that they read back exactly.</summary>
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
        return line;
    }
}

/// <summary>A line of quarantine.jsonl.</summary>
public static class QuarantineLine
{
    /// <summary>The line of a video.</summary>
    public static string Of(QuarantinedVideo video)
    {
        ArgumentNullException.ThrowIfNull(video);
        var line = new JsonObject
        {
            ["path"] = video.Path,
            ["reason"] = video.Reason.ToString(),
            ["message"] = video.Message,
            ["found_by"] = video.FoundBy,
        };
        if (video.Epoch is { } epoch) line["epoch"] = epoch;
        if (video.Position is { } position) line["position"] = position;
        if (video.LeftOut) line["left_out"] = true;
        return line.ToJsonString();
    }

    /// <summary>The video of a line, or null where it is none.</summary>
    public static QuarantinedVideo? Read(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object || Text(line, "path") is not { Length: > 0 } path) return null;
        // A reason that a newer program wrote still means: not usable.
        if (!Enum.TryParse<UnusableReason>(Text(line, "reason"), out var reason)) reason = UnusableReason.Unreadable;
        // Lines of before there was the word: what hung was left out.
        var leftOut = line.TryGetProperty("left_out", out var word) ? word.ValueKind == JsonValueKind.True : reason == UnusableReason.Deadline;
        return new QuarantinedVideo(path, reason, Text(line, "message"), Text(line, "found_by"), Number(line, "epoch"), Number(line, "position"), leftOut);
    }

    private static string Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static int? Number(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
