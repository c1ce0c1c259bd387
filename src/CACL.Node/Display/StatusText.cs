using System.Globalization;
using System.Text.Json.Nodes;
using CACL.Data.Wording;

namespace CACL.Node.Display;

/// <summary>Writes a status as lines for people.</summary>
internal static class StatusText
{
    private const string LossPrefix = "loss_";

    /// <summary>Writes the status.</summary>
    public static void Write(JsonObject status, string folder, TextWriter output)
    {
        output.WriteLine($"{folder}: {((string?)status["state"] ?? "").Replace('_', ' ')}");
        foreach (var line in Lines(status)) output.WriteLine($"  {line}");
    }

    private static IEnumerable<string> Lines(JsonObject status)
    {
        if ((string?)status["verdict"] is { } verdict) yield return verdict;
        if (status["step"] is { } step) yield return Place(status, step);
        if (status["last"] is JsonObject last) yield return Losses(last);
        if ((double?)status["pairs_per_second"] is { } pairs) yield return Pace(status, pairs);
        yield return status["checkpoint"] is JsonObject checkpoint
            ? $"checkpoint  step {checkpoint["step"]}, {Clock((string?)checkpoint["time"])} ({checkpoint["path"]})"
            : "checkpoint  none yet";
        if ((string?)status["checkpoint_fault"] is { } fault) yield return $"            {fault}";
        if (status["settings"] is JsonObject settings && settings["loss_weights"] is JsonObject weights)
        {
            yield return $"settings    learning_rate_factor {settings["learning_rate_factor"]}, loss_weights "
                + $"{string.Join(" / ", weights.Select(weight => weight.Value))}, "
                + $"decoders {((int?)settings["decoders"] == 0 ? "chosen" : settings["decoders"])}, "
                + $"checkpoint_every_steps {settings["checkpoint_every_steps"]}, evaluate_every_steps "
                + $"{settings["evaluate_every_steps"]}, log_level {settings["log_level"]}";
        }

        foreach (var ahead in status["settings_ahead"] as JsonArray ?? [])
            yield return $"            {ahead?["setting"]} = {ahead?["value"]} from step {ahead?["step"]} on";
        if ((int?)status["quarantined"] is > 0 and var bad) yield return $"unusable    {bad} of the files trained on (quarantine.jsonl)";
        foreach (var evaluation in status["evaluations"] as JsonArray ?? [])
        {
            var result = (double?)evaluation?["miou"] is { } miou
                ? $"mIoU {Percent.Within(miou, Interval(evaluation["miou_interval"]))}"
                : $"{evaluation?["status"]}";
            yield return $"evaluation  {evaluation?["dataset"]} ({evaluation?["protocol"]}, {evaluation?["variant"]}), step "
                + $"{evaluation?["step"]}: {result}";
        }

        if (status["outcome"] is JsonObject outcome) yield return $"ended       {outcome["end"]}, {Clock((string?)outcome["time"])}";
    }

    private static double[]? Interval(JsonNode? ends) =>
        ends is JsonArray { Count: 2 } both ? [.. both.Select(end => (double?)end).OfType<double>()] : null;

    private static string Place(JsonObject status, JsonNode step)
    {
        var total = status["total_steps"] is { } steps ? $" of {steps}" : "";
        var epoch = (double?)status["epoch"] is { } epochs ? string.Create(CultureInfo.InvariantCulture, $", epoch {epochs:0.00}") : "";
        var left = (double?)status["eta_seconds"] is { } seconds ? $", {ProgressText.Clock(TimeSpan.FromSeconds(seconds))} to go" : "";
        return $"step        {step}{total}{epoch}{left}";
    }

    private static string Losses(JsonObject last)
    {
        // The line's own names are used: the run may belong to another release.
        var heads = last.Where(figure => figure.Key.StartsWith(LossPrefix, StringComparison.Ordinal) && figure.Value is not null)
            .Select(figure => $"{figure.Key[LossPrefix.Length..]} {Number(figure.Value)}");
        return $"loss        {Number(last["loss"])} ({string.Join(", ", heads)}), learning rate {Number(last["lr"])}";
    }

    private static string Pace(JsonObject status, double pairs) => string.Create(
        CultureInfo.InvariantCulture,
        $"pace        {pairs:0.0} pairs a second; {status["decoders"]?["busy"]} of {status["decoders"]?["alive"]} decoders busy, "
            + $"{status["channel"]?["waiting"]} of {status["channel"]?["capacity"]} batches waiting");

    private static string Number(JsonNode? value) =>
        (double?)value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : "?";

    private static string Clock(string? time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var moment)
            ? moment.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : "?";
}
