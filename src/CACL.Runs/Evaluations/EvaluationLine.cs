using System.Globalization;
using System.Text.Json.Nodes;
using CACL.Data.Wording;

namespace CACL.Runs.Evaluations;

/// <summary>A line of evaluations.jsonl.</summary>
public static class EvaluationLine
{
    private static readonly string[] Required = ["miou", "macc", "aacc", "manifest"];

    /// <summary>Returns the line of a completed evaluation.</summary>
    /// <param name="request">The evaluation.</param>
    /// <param name="attempts">How often it was tried.</param>
    /// <param name="result">The result object.</param>
    /// <param name="now">The time.</param>
    /// <param name="worker">The worker on another machine that made it; null: this machine.</param>
    public static JsonObject Done(
        EvaluationRequest request, int attempts, JsonObject result, DateTimeOffset now, string? worker = null)
    {
        var line = Head(request, "done", null, attempts, now);
        if (worker is not null) line["worker"] = worker;
        foreach (var (key, value) in result)
        {
            if (!line.ContainsKey(key)) line[key] = value?.DeepClone();
        }

        return line;
    }

    /// <summary>Returns the line of an evaluation that was given up.</summary>
    public static JsonObject Failed(EvaluationRequest request, int attempts, string error, DateTimeOffset now) =>
        Head(request, "failed", error, attempts, now);

    /// <summary>
    /// Returns the figures of a result in words, such as <c>mIoU 31.2 % (29.6 to 32.8), mAcc 44.0 % (…), aAcc 80.1 % (…), 83 s</c>.
    /// </summary>
    public static string Figures(JsonObject result)
    {
        var parts = new List<string> { $"mIoU {Share(result, "miou")}", $"mAcc {Share(result, "macc")}", $"aAcc {Share(result, "aacc")}" };
        if (Number(result, "seconds") is { } seconds) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"));
        return string.Join(", ", parts);
    }

    /// <summary>Returns what makes a result unusable, or null.</summary>
    public static string? FaultOf(JsonObject result) =>
        Required.FirstOrDefault(key => !result.ContainsKey(key)) is { } missing ? $"its result holds no {missing}" : null;

    private static JsonObject Head(EvaluationRequest request, string status, string? error, int attempts, DateTimeOffset now)
    {
        var line = new JsonObject
        {
            ["time"] = now.ToString("yyyy-MM-ddTHH:mm:ss.fffK", CultureInfo.InvariantCulture),
            ["step"] = request.Step,
            ["dataset"] = request.Target.DataSet,
            ["protocol"] = request.Target.Protocol,
            ["variant"] = request.Target.Variant,
            ["trigger"] = EvaluationTriggers.WordOf(request.Trigger),
            ["status"] = status,
            ["error"] = error,
            ["attempts"] = attempts,
        };
        if (request.Target.Fraction is { } fraction) line["fraction"] = fraction;
        return line;
    }

    private static string Share(JsonObject result, string name) =>
        Number(result, name) is { } share ? Percent.Within(share, Interval(result, name)) : "undefined";

    // Results from before there were intervals have none.
    private static double[]? Interval(JsonObject result, string name) =>
        result["intervals"] is JsonObject intervals && intervals[name] is JsonArray { Count: 2 } ends
            ? [.. ends.Select(Number).OfType<double>()]
            : null;

    // A number parsed from an object's text has no type yet; one created in memory has.
    private static double? Number(JsonObject result, string name) => Number(result[name]);

    private static double? Number(JsonNode? node) =>
        node is JsonValue value && double.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
