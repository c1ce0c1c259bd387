using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Wording;
using CACL.Learning.Weights;
using CACL.Runs.Folder;
using CACL.Runs.Steps;

namespace CACL.Runs.Status;

/// <summary>The status of a run that is not running, according to its folder.</summary>
public static class FolderStatus
{
    /// <summary>Returns what the status of a running one would be, as far as the files say.</summary>
    /// <param name="run">The run folder, absolute.</param>
    /// <exception cref="RunFolderException">The folder is no run folder, a newer version wrote it, or it cannot be read.</exception>
    public static JsonObject Of(string run)
    {
        RunFolder.RequireRun(run);
        RunFacts.RequireKnownFormat(run);
        try
        {
            return Read(run);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"The run folder {run} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>Returns the newest result of each kind of evaluation, without the details of the measurement.</summary>
    /// <param name="run">The run folder, absolute.</param>
    public static JsonArray Evaluations(string run) =>
        new([.. Lines(run, RunFiles.Evaluations).GroupBy(NameOf).Select(g => Short(g.OrderBy(StepOf).Last()))]);

    private static JsonObject Read(string run)
    {
        var held = RunFolder.IsHeld(run);
        var outcome = held ? null : OutcomeFile.Read(run);
        var last = RecordedSteps.Read(run, 1, 0).Last;
        var latest = LatestLink.In(Path.Combine(run, "checkpoints"));
        var json = new JsonObject
        {
            ["run"] = Path.GetFileName(run),
            ["state"] = outcome?.End == OutcomeFile.Completed ? "ended" : "not_running",
            ["step"] = last?.Step ?? 0,
            ["total_steps"] = outcome?.TotalSteps,
            ["epoch"] = last?.Number("epoch"),
            ["last"] = last is null ? null : JsonObject.Create(last.Line),
            ["checkpoint"] = latest.Path is { } checkpoint ? Checkpoint(checkpoint) : null,
            ["checkpoint_fault"] = latest.Fault,
            ["quarantined"] = Lines(run, RunFiles.Quarantine).Count(),
            ["evaluations"] = Evaluations(run),
            ["outcome"] = outcome?.Json(),
        };
        json["verdict"] = held
            ? $"A program is running in the folder that does not answer: {SettingNames.HttpEnabled} is false, or it is just starting or "
                + "ending."
            : outcome?.Message ?? "It ended without a word: it was killed, or the machine went down. What is after the last checkpoint is "
                + "done again when it is resumed.";
        return json;
    }

    private static IEnumerable<JsonElement> Lines(string run, string name)
    {
        var file = Path.Combine(run, name);
        return File.Exists(file) ? JsonLinesFile.Read(file).Where(line => line.ValueKind == JsonValueKind.Object) : [];
    }

    private static JsonObject Checkpoint(string folder) => new()
    {
        // The step is part of the name: step-00000100.
        ["step"] = long.Parse(Path.GetFileName(folder).AsSpan("step-".Length), NumberStyles.None, CultureInfo.InvariantCulture),
        ["time"] = new DateTimeOffset(Directory.GetLastWriteTime(folder)).ToString("O", CultureInfo.InvariantCulture),
        ["path"] = Path.Combine("checkpoints", Path.GetFileName(folder)),
    };

    // Workers need not end in the order in which they begin.
    private static long StepOf(JsonElement line) =>
        line.TryGetProperty("step", out var step) && step.ValueKind == JsonValueKind.Number && step.TryGetInt64(out var number)
            ? number
            : 0;

    private static string NameOf(JsonElement line) => $"{Text(line, "dataset")}\n{Text(line, "protocol")}\n{Text(line, "variant")}";

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>
    /// Returns the figures of a line of evaluations.jsonl that say how good the network is; the line itself says how they were measured.
    /// </summary>
    private static JsonObject Short(JsonElement line)
    {
        var json = new JsonObject();
        foreach (
            var name in new[] { "time", "step", "dataset", "protocol", "variant", "fraction", "trigger", "status", "error", "worker",
                "miou", "macc", "aacc" })
        {
            if (line.TryGetProperty(name, out var value)) json[name] = JsonNode.Parse(value.GetRawText());
        }

        if (!line.TryGetProperty("intervals", out var intervals) || intervals.ValueKind != JsonValueKind.Object) return json;
        foreach (var name in new[] { "miou", "macc", "aacc" })
        {
            if (intervals.TryGetProperty(name, out var ends)) json[$"{name}_interval"] = JsonNode.Parse(ends.GetRawText());
        }

        return json;
    }
}
